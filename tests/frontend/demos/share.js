// Demo of "copy link to this state".

import { makeChoice } from "../../../course_utils/frontend/kit/choice.js";
import { shareState } from "../../../course_utils/frontend/kit/share.js";
import { nameField } from "../../../course_utils/frontend/kit/state_link.js";
import { part } from "./part.js";
import { SHAPES } from "./shapes.js";

export const title = "Share";
export const text = "Copy what a lab shows as a link or as a text, and go to what somebody else copied; a damaged one is refused in words.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("On a web page: a link", "Shape", `${location.origin}${location.pathname}${location.search}#`);
  show("In a notebook: a text", "Shape in the notebook", "");

  /** @param {string} title @param {string} name @param {string} address */
  function show(title, name, address) {
    const box = part(parent, title);
    let shape = SHAPES[0];
    const choice = makeChoice(box, {
      name,
      options: SHAPES.map((value) => ({ value, text: value })),
      change: (value) => report(`the state to copy is now ${(shape = value)}`),
    });
    choice.set(shape);
    shareState(box, {
      lab: "shapes",
      version: 1,
      fields: { shape: nameField(SHAPES) },
      address,
      state: () => ({ shape }),
      go(state) {
        choice.set((shape = state.shape));
        report(`goes to ${shape}`);
      },
    });
  }
}
