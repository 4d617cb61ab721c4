// Demo of code that can be copied.

import { makeChoice } from "../../../course_utils/frontend/kit/choice.js";
import { makeCode } from "../../../course_utils/frontend/kit/code.js";
import { part } from "./part.js";

const FREEZE = "for block in model.layers[:2]:\n    block.trainable = False\n";
const CODES = { freeze: FREEZE, compile: `${FREEZE}model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\n` };

export const title = "Code";
export const text = "Code that can be read and copied; without a clipboard it is marked, and a sentence says so.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const box = part(parent, "Changes with a setting");
  const choice = makeChoice(box, {
    name: "Code to",
    options: Object.keys(CODES).map((value) => ({ value, text: value })),
    change: (value) => show(/** @type {keyof typeof CODES} */ (value)),
  });
  const code = makeCode(box, "Code that changes");
  /** @param {keyof typeof CODES} which */
  const show = (which) => code.set(CODES[which]);
  choice.set("freeze");
  show("freeze");
  const status = /** @type {Element} */ (box.querySelector("[role=status]"));
  new MutationObserver(() => report(status.textContent || "the code is another, and is not copied yet")).observe(status, { childList: true });
  makeCode(part(parent, "A line that is too long scrolls"), "A long line").set(CODES.compile);
}
