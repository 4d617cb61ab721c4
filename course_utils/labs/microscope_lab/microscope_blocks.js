// The choice of a block: a bar of buttons for a few, a slider for many.

import { makeChoice } from "../../frontend/kit/choice.js";
import { linear } from "../../frontend/kit/scale.js";
import { makeSlider } from "../../frontend/kit/slider.js";

const FEW = 5; // blocks that have room side by side

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, names: readonly string[], change: (name: string) => void }} options
 */
export function makeBlockChoice(parent, { name, names, change }) {
  if (names.length <= FEW) {
    return makeChoice(parent, { name, options: names.map((value) => ({ value, text: value })), change });
  }
  const numbers = names.map((_, number) => number + 1);
  const slider = makeSlider(parent, {
    name,
    stops: numbers,
    scale: linear(1, names.length),
    write: String,
    words: (number) => names[number - 1],
    ticks: numbers.filter((number) => number % 4 === 1),
    input: (number) => change(names[number - 1]),
    change: () => {},
  });
  slider.start(1);
  return { set: (/** @type {string} */ value) => slider.set(names.indexOf(value) + 1) };
}
