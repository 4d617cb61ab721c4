// Demo of the slider.

import { scientific } from "../../../course_utils/frontend/kit/numbers.js";
import { linear, logarithmic } from "../../../course_utils/frontend/kit/scale.js";
import { makeSlider } from "../../../course_utils/frontend/kit/slider.js";
import { part } from "./part.js";

const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
const EPOCHS = Array.from({ length: 20 }, (_, number) => number + 1);

export const title = "Slider";
export const text = "A native range input over a list of stops, with ticks, its value in words, and a field to type in.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  let moved = "";
  const heard = {
    input: (/** @type {number} */ value) => report((moved = `moves to ${scientific(value)}`)),
    change: () => report(`${moved}, and the move has ended`),
  };
  const rate = makeSlider(part(parent, "Even steps multiply"), {
    name: "Learning rate",
    stops: RATES,
    scale: logarithmic(1e-5, 1e-2),
    write: scientific,
    words: (value) => `learning rate ${scientific(value)}`,
    ticks: [1e-5, 1e-4, 1e-3, 1e-2],
    ...heard,
  });
  const epochs = makeSlider(part(parent, "Even steps add"), {
    name: "Epochs",
    stops: EPOCHS,
    scale: linear(1, 20),
    write: String,
    words: (value) => (value === 1 ? "1 epoch" : `${value} epochs`),
    ticks: [1, 5, 10, 15, 20],
    ...heard,
    input: (value) => report((moved = `moves to ${value}`)),
  });
  rate.start(1e-3);
  epochs.start(20);
}
