// Demo of the choice and of the field for a whole number.

import { makeChoice, makeNumber } from "../../../course_utils/frontend/kit/choice.js";
import { part } from "./part.js";

export const title = "Choice and number";
export const text = "Radio buttons that look like one bar, and a field that keeps a whole number within its bounds.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const head = makeChoice(part(parent, "One of two"), {
    name: "Head starts from",
    options: [
      { value: "probe", text: "a linear probe" },
      { value: "random", text: "random weights" },
    ],
    change: (value) => report(`chose "${value}"`),
  });
  const task = makeChoice(part(parent, "One of four, none chosen yet"), {
    name: "Shape",
    options: ["circle", "square", "triangle", "cross"].map((value) => ({ value, text: value })),
    change: (value) => report(`chose "${value}"`),
  });
  const seed = makeNumber(part(parent, "A whole number from 0 to 99"), {
    name: "Seed",
    least: 0,
    most: 99,
    change: (value) => report(`changed to ${value}`),
  });
  head.set("probe");
  task.set("");
  seed.set(4);
}
