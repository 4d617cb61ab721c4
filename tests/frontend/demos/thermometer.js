// Demo of the thermometer.

import { linear } from "../../../course_utils/frontend/kit/scale.js";
import { makeSlider } from "../../../course_utils/frontend/kit/slider.js";
import { makeThermometer } from "../../../course_utils/frontend/kit/thermometer.js";
import { part } from "./part.js";

const ALARM = 0.6;
const PERCENT = Array.from({ length: 21 }, (_, number) => 5 * number);

export const title = "Thermometer";
export const text = "A column that rises and falls with a share, in front of a green zone and, below it, a red one; a meter, as it is read out.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const zones = { tone: "source", green: "green", red: "red", unknown: "not known yet" };
  const box = part(parent, "With zones: move it into the red one");
  const slider = makeSlider(box, {
    name: "Share in percent",
    stops: PERCENT,
    scale: linear(0, 100),
    write: String,
    words: (percent) => `${percent}%`,
    ticks: [0, 50, 100],
    input(percent) {
      show(percent);
      report(box.querySelector("[role=meter]")?.getAttribute("aria-valuetext") ?? "");
    },
    change: () => {},
  });
  const moved = makeThermometer(box, { name: "source", ...zones });
  /** @param {number} percent */
  const show = (percent) =>
    moved.set({ share: percent / 100, alarm: ALARM, words: percent / 100 < ALARM ? "in the red" : "in the green" });
  slider.start(90);
  show(90);
  makeThermometer(part(parent, "Without zones"), { name: "target", ...zones, tone: "target" }).set({ share: 0.35, alarm: null, words: "now" });
  makeThermometer(part(parent, "Not known yet"), { name: "source", ...zones }).set({ share: null, alarm: ALARM, words: "guess first" });
}
