// A guess drawn by hand: a marker that is dragged along a level of a chart, by mouse, finger or keyboard.

import { fromX, toX, toY } from "./curves.js";
import { clamp } from "./numbers.js";
import { drag, element } from "./page.js";
import { logarithmic, nearest } from "./scale.js";

/**
 * @typedef {object} CrossingGuessOptions
 * @property {string} name what is guessed, as it is read out
 * @property {string} tone a colour of the design tokens
 * @property {string} invitation on the handle, before there is a guess
 * @property {(guess: number) => string} write the guess on the handle
 * @property {(guess: number) => string} words the guess as it is read out
 * @property {(guess: number) => void} input with a stop, after every move
 *
 * @typedef {object} Crossing
 * @property {number | null} guess one of the stops
 * @property {boolean} open whether it can be moved
 * @property {number} level the share along which it moves
 * @property {readonly number[]} stops its values, above 0, in rising order
 */

/**
 * @param {ReturnType<typeof import("./chart.js").makeChart>} chart with a logarithmic axis
 * @param {CrossingGuessOptions} options
 */
export function makeCrossingGuess(chart, { name, tone, invitation, write, words, input }) {
  const range = element("input", { type: "range", min: 0, step: 1, "aria-label": name, class: "kit-unseen" });
  const handle = element("span", { class: "kit-guess-handle" });
  const marker = element("div", { class: `kit-crossing kit-tone-${tone}` }, range, handle);
  chart.box.append(marker);
  /** @type {Crossing} */
  let now = { guess: null, open: false, level: 0, stops: [1] };

  const show = () => {
    const { guess, open, level, stops } = now;
    const at = chart.frame();
    const waiting = Math.floor(stops.length / 2); // until the learner moves it
    const x = toX(at, guess ?? stops[waiting]);
    const y = toY(at, level);
    marker.hidden = !open;
    marker.style.left = `${x}px`;
    marker.style.top = `${y}px`;
    marker.style.height = `${at.bottom - y}px`;
    marker.classList.toggle("kit-guess-unset", guess === null);
    chart.surface.classList.toggle("kit-surface-across", open);
    range.max = String(stops.length - 1);
    range.value = String(guess === null ? waiting : stops.indexOf(guess));
    range.setAttribute("aria-valuetext", guess === null ? "no guess yet" : words(guess));
    handle.textContent = guess === null ? invitation : write(guess);
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
      const { stops } = now;
      const scale = logarithmic(stops[0], stops[stops.length - 1]);
      const x = event.clientX - chart.box.getBoundingClientRect().left;
      move(nearest(stops, scale, scale.place(fromX(chart.frame(), x))));
    },
    end() {},
  };
  drag(marker, byPointer);
  drag(chart.surface, byPointer);
  range.addEventListener("input", () => move(Number(range.value)));
  chart.onResize(show);

  return {
    /** Show a guess; nobody is told. Call it after the chart is drawn, whose axis it uses. @param {Crossing} next */
    set(next) {
      now = next;
      show();
    },
  };
}
