// A slider over a list of stops: a native range input with a name, its value in words, ticks, and a field to type in.

import { clamp } from "./numbers.js";
import { element, newId, say } from "./page.js";
import { nearest } from "./scale.js";

const LENGTH = 1000; // positions of the range input

/**
 * @typedef {object} SliderOptions
 * @property {string} name what it sets, as the reader sees it
 * @property {readonly number[]} stops its values, in rising order
 * @property {import("./scale.js").Scale} scale where they lie
 * @property {(value: number) => string} write a value as it stands beside the slider
 * @property {(value: number) => string} words a value as it is read out, with what it means
 * @property {readonly number[]} [ticks] the stops that have a label; all by default
 * @property {(value: number) => void} input after every move
 * @property {() => void} change after a move has ended
 */

/** @param {HTMLElement} parent @param {SliderOptions} options */
export function makeSlider(parent, { name, stops, scale, write, words, ticks = stops, input, change }) {
  const id = newId();
  const range = element("input", { type: "range", id, min: 0, max: LENGTH, step: "any", class: "kit-range" });
  const typed = element("input", {
    type: "text",
    class: "kit-typed",
    "aria-label": `${name}, typed`,
    autocomplete: "off",
    spellcheck: "false",
  });
  const hint = element("p", { class: "kit-hint", role: "status" });
  const scaleLine = element("div", { class: "kit-ticks", "aria-hidden": "true" });
  for (const stop of ticks) {
    const tick = element("span", {}, write(stop));
    tick.style.setProperty("--place", String(scale.place(stop)));
    scaleLine.append(tick);
  }
  const box = element(
    "div",
    { class: "kit-slider" },
    element("label", { for: id, class: "kit-name" }, name),
    typed,
    element("div", { class: "kit-track" }, range, scaleLine),
    hint,
  );
  parent.append(box);
  let at = 0;

  /** @param {number} number */
  const show = (number) => {
    at = number;
    const value = stops[number];
    range.value = String(LENGTH * scale.place(value));
    range.setAttribute("aria-valuetext", words(value));
    range.style.setProperty("--filled", String(scale.place(value)));
    typed.value = write(value);
  };
  /** @param {number} number */
  const move = (number) => {
    say(hint, "");
    const old = at;
    show(clamp(number, 0, stops.length - 1));
    if (at !== old) input(stops[at]);
  };

  range.addEventListener("input", () => move(nearest(stops, scale, Number(range.value) / LENGTH)));
  range.addEventListener("change", change);
  range.addEventListener("keydown", (event) => {
    const moves = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - Math.ceil(stops.length / 5),
      PageUp: at + Math.ceil(stops.length / 5),
      Home: 0,
      End: stops.length - 1,
    };
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(moves[/** @type {keyof typeof moves} */ (event.key)]);
    change();
  });
  typed.addEventListener("focus", () => typed.select());
  typed.addEventListener("change", () => {
    const wanted = Number(typed.value.trim().replace(",", ".") || NaN);
    if (Number.isNaN(wanted)) {
      const text = typed.value;
      show(at);
      say(hint, `"${text}" is not a number. Type one such as ${write(stops[at])}.`);
      return;
    }
    move(nearest(stops, scale, scale.place(Math.max(wanted, Number.MIN_VALUE))));
    if (stops[at] !== wanted) say(hint, `The nearest value that this slider has is ${write(stops[at])}.`);
    change();
  });

  return {
    /** Show a value; nobody is told. @param {number} value one of the stops */
    set(value) {
      const number = stops.indexOf(value);
      if (number >= 0 && number !== at) show(number);
    },
    /** @param {number} value the first one to show */
    start: (value) => show(Math.max(stops.indexOf(value), 0)),
    range,
  };
}
