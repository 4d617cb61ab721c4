// Demo of the gauge.

import { makeGauge } from "../../../course_utils/frontend/kit/gauge.js";
import { percent } from "../../../course_utils/frontend/kit/numbers.js";
import { linear } from "../../../course_utils/frontend/kit/scale.js";
import { makeSlider } from "../../../course_utils/frontend/kit/slider.js";
import { part } from "./part.js";

const SHARES = Array.from({ length: 21 }, (_, number) => number / 20);

export const title = "Gauge";
export const text = "A half circle that fills with a share, its number in the middle, and a tick for a comparison.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const box = part(parent, "Moved by a slider, with a tick at 75%");
  const slider = makeSlider(box, {
    name: "Share",
    stops: SHARES,
    scale: linear(0, 1),
    write: percent,
    words: percent,
    ticks: [0, 0.5, 1],
    input(share) {
      show(share);
      report(box.querySelector(".kit-gauge-dial")?.getAttribute("aria-label") ?? "");
    },
    change: () => {},
  });
  const gauge = makeGauge(box, { name: "Target", tone: "target" });
  /** @param {number} share */
  const show = (share) => gauge.set(share, 0.75, "frozen: 75%");
  slider.start(0.85);
  show(0.85);
  makeGauge(part(parent, "Not revealed yet"), { name: "Source", tone: "source" }).set(null, null, "guess first");
  makeGauge(part(parent, "Empty"), { name: "Source", tone: "source" }).set(0, 1, "frozen: 100%");
}
