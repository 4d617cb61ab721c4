// A guess drawn by hand: a flag that is dragged along the steps of a chart, by mouse, finger or keyboard.

import { fromX, nearestPlace, toX } from "./curves.js";
import { drawFlag } from "./flag.js";
import { clamp } from "./numbers.js";
import { drag, element } from "./page.js";

/**
 * @typedef {object} StepGuessOptions
 * @property {string} name what is guessed, as it is read out
 * @property {string} invitation on the handle, before there is a guess
 * @property {string} closed beside the flag, once it cannot be moved
 * @property {(step: number) => void} input with a stop, after every move
 *
 * @typedef {object} Planted
 * @property {number | null} guess one of the stops
 * @property {boolean} open whether it can be moved
 * @property {readonly number[]} stops in rising order; none hides it
 * @property {(step: number) => string} write the guess on the handle
 */

/**
 * @param {ReturnType<typeof import("./chart.js").makeChart>} chart
 * @param {StepGuessOptions} options
 */
export function makeStepGuess(chart, { name, invitation, closed, input }) {
  const range = element("input", { type: "range", min: 0, step: 1, "aria-label": name, class: "kit-unseen" });
  const words = element("span");
  const handle = element("span", { class: "kit-guess-handle" }, drawFlag(), words);
  const flag = element("div", { class: "kit-step-guess" }, range, handle);
  chart.box.append(flag);
  /** @type {Planted} */
  let now = { guess: null, open: false, stops: [], write: String };

  const show = () => {
    const { guess, open, stops, write } = now;
    const at = chart.frame();
    const waiting = Math.floor(stops.length / 2); // until the learner moves it
    const x = toX(at, guess ?? stops[waiting] ?? 0);
    flag.hidden = stops.length === 0 || (!open && guess === null);
    flag.style.left = `${x}px`;
    flag.style.top = `${at.top}px`;
    flag.style.height = `${at.bottom - at.top}px`;
    flag.classList.toggle("kit-guess-unset", guess === null);
    flag.classList.toggle("kit-step-closed", !open);
    chart.surface.classList.toggle("kit-surface-steps", open);
    range.disabled = !open;
    range.max = String(Math.max(stops.length - 1, 0));
    range.value = String(guess === null ? waiting : nearestPlace(stops, guess));
    range.setAttribute("aria-valuetext", guess === null ? "no guess yet" : write(guess));
    words.textContent = open ? (guess === null ? invitation : write(guess)) : closed;
    const half = handle.offsetWidth / 2;
    handle.style.marginLeft = `${clamp(x, Math.min(half, x), Math.max(chart.box.clientWidth - half, half)) - x}px`;
  };
  /** @param {number} number of a stop */
  const move = (number) => {
    now = { ...now, guess: now.stops[number] };
    show();
    input(now.stops[number]);
  };
  const byPointer = {
    start: () => range.focus({ preventScroll: true }),
    /** @param {PointerEvent} event */
    move(event) {
      if (!now.open) return;
      move(nearestPlace(now.stops, fromX(chart.frame(), event.clientX - chart.box.getBoundingClientRect().left)));
    },
    end() {},
  };
  drag(flag, byPointer);
  drag(chart.surface, byPointer);
  range.addEventListener("input", () => move(Number(range.value)));
  chart.onResize(show);

  return {
    /** Show a guess; nobody is told. Call it after the chart is drawn, whose axis it uses. @param {Planted} next */
    set(next) {
      now = next;
      show();
    },
  };
}
