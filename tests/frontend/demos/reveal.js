// Demo of the button that reveals, and afterwards begins again.

import { makeReveal } from "../../../course_utils/frontend/kit/reveal.js";
import { part } from "./part.js";

export const title = "Reveal";
export const text = "A button that shows what was measured, once there is a guess, and then lets the reader begin again.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const words = { reveal: "Reveal", again: "Guess again" };
  let revealed = false;
  const button = makeReveal(part(parent, "After a guess"), {
    words,
    revealed: () => revealed,
    reveal: () => show(true),
    again: () => show(false),
  });
  /** @param {boolean} now */
  const show = (now) => {
    revealed = now;
    button.draw(true);
    report(now ? "reveals" : "begins again");
  };
  button.draw(true);
  const nothing = () => {};
  makeReveal(part(parent, "Before a guess"), { words, revealed: () => false, reveal: nothing, again: nothing }).draw(false);
}
