// The button that reveals what was measured, and afterwards begins again.

import { element } from "./page.js";

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {{ reveal: string, again: string }} options.words what stands on it, before and after
 * @param {() => boolean} options.revealed
 * @param {() => void} options.reveal
 * @param {() => void} options.again
 */
export function makeReveal(parent, { words, revealed, reveal, again }) {
  const button = element("button", { type: "button", class: "kit-button" });
  button.addEventListener("click", () => (revealed() ? again() : reveal()));
  parent.append(button);
  return {
    /** @param {boolean} can whether there is something to reveal @param {boolean} [first] whether it is what to do next */
    draw(can, first = true) {
      const done = revealed();
      button.textContent = done ? words.again : words.reveal;
      button.classList.toggle("kit-primary", first && !done);
      button.disabled = !done && !can;
    },
  };
}
