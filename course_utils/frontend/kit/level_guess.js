// A guess drawn by hand: a level that is dragged up and down in a chart, by mouse, finger or keyboard.

import { toShare, toY } from "./curves.js";
import { drag, element } from "./page.js";

const UNSET = 50; // where the level waits, in percent, until the learner moves it

/**
 * @typedef {object} LevelGuessOptions
 * @property {string} name what is guessed, as it is read out
 * @property {string} tone a colour of the design tokens
 * @property {string} invitation on the handle, before there is a guess
 * @property {(guess: number) => string} write the guess on the handle
 * @property {(guess: number) => void} input with a whole number of percent, after every move
 */

/**
 * @param {ReturnType<typeof import("./chart.js").makeChart>} chart
 * @param {LevelGuessOptions} options
 */
export function makeLevelGuess(chart, { name, tone, invitation, write, input }) {
  const range = element("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": name, class: "kit-unseen" });
  const handle = element("span", { class: "kit-guess-handle" });
  const level = element("div", { class: `kit-guess kit-tone-${tone}` }, range, handle);
  chart.box.append(level);
  /** @type {number | null} */
  let guess = null;
  let open = true;

  const show = () => {
    const at = chart.frame();
    level.style.top = `${toY(at, (guess ?? UNSET) / 100)}px`;
    level.style.left = `${at.left}px`;
    level.style.width = `${at.right - at.left}px`;
    level.hidden = !open && guess === null;
    level.classList.toggle("kit-guess-unset", guess === null);
    level.classList.toggle("kit-guess-closed", !open);
    chart.surface.classList.toggle("kit-surface-open", open);
    range.disabled = !open;
    range.value = String(guess ?? UNSET);
    range.setAttribute("aria-valuetext", guess === null ? "no guess yet" : write(guess));
    handle.textContent = guess === null ? invitation : write(guess);
  };
  /** @param {number} percent */
  const move = (percent) => {
    guess = percent;
    show();
    input(percent);
  };
  const byPointer = {
    start: () => range.focus({ preventScroll: true }),
    /** @param {PointerEvent} event */
    move(event) {
      if (!open) return;
      const { top } = chart.box.getBoundingClientRect();
      move(Math.round(100 * toShare(chart.frame(), event.clientY - top)));
    },
    end() {},
  };
  drag(level, byPointer);
  drag(chart.surface, byPointer);
  range.addEventListener("input", () => move(Number(range.value)));
  chart.onResize(show);
  show();

  return {
    /** Show a guess; nobody is told. @param {number | null} value @param {boolean} isOpen whether it can be moved */
    set(value, isOpen) {
      if (value === guess && isOpen === open) return;
      [guess, open] = [value, isOpen];
      show();
    },
  };
}
