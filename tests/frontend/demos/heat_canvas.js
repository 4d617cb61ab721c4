// Demo of the small map of numbers as a picture.

import { heatCanvas, makeHeatKey } from "../../../course_utils/frontend/kit/heat_canvas.js";
import { element } from "../../../course_utils/frontend/kit/page.js";
import { linear } from "../../../course_utils/frontend/kit/scale.js";
import { makeSlider } from "../../../course_utils/frontend/kit/slider.js";
import { part } from "./part.js";

const SIDE = 12;
const FULL = [64, 128, 192, 255];
const hill = Uint8Array.from({ length: SIDE * SIDE }, (_, number) => {
  const [x, y] = [number % SIDE, Math.floor(number / SIDE)].map((at) => (at - (SIDE - 1) / 2) / 3);
  return 255 * Math.exp((-x * x - y * y) / 2);
});

export const title = "Heat canvas";
export const text = "One pixel a number, on the scale of colours magma; whoever uses it gives it a name. Its key says what the ends mean.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const box = part(parent, "A hill in the middle: choose the level that has the last colour");
  const picture = element("div", { class: "demo-small", role: "img", "aria-label": "a hill in the middle of a square" });
  const slider = makeSlider(box, {
    name: "Last colour from level",
    stops: FULL,
    scale: linear(64, 255),
    write: String,
    words: (level) => `level ${level}`,
    input(level) {
      draw(level);
      report(`level ${level} and all above it have the last colour`);
    },
    change: () => {},
  });
  box.append(picture);
  const key = makeHeatKey(box);
  /** @param {number} full */
  const draw = (full) => {
    picture.replaceChildren(heatCanvas({ levels: hill, size: [SIDE, SIDE], full }));
    key.set("0", `${full} and more`);
  };
  slider.start(255);
  draw(255);

  const flat = part(parent, "Nothing but zeros");
  const nothing = element("div", { class: "demo-small", role: "img", "aria-label": "a square of the first colour" });
  nothing.append(heatCanvas({ levels: new Uint8Array(9), size: [3, 3], full: 255 }));
  flat.append(nothing);
}
