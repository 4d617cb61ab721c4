// Demo of the card that every lab stands in.

import { makeFrame } from "../../../course_utils/frontend/kit/frame.js";
import { element } from "../../../course_utils/frontend/kit/page.js";
import { part } from "./part.js";

export const title = "Card";
export const text = "One question, the controls beside the picture where there is room, one sentence of result, one line of state.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const root = part(parent, "Every place of the card, with a part that opens", true);
  const frame = makeFrame(root, { lab: "demo-card", question: "One question?" });
  frame.top.append(place("top: across the whole card"));
  frame.controls.append(place("controls"));
  frame.picture.append(place("picture"));
  const button = element("button", { type: "button", class: "kit-button kit-primary" }, "Warn");
  frame.actions.append(button, place("actions"));
  frame.fold("More settings").append(place("opens beside the picture"));
  frame.fold("Everything else", true).append(place("opens below everything else"));
  frame.say("One sentence of result.", "one line of state");
  let warned = false;
  button.addEventListener("click", () => {
    warned = !warned;
    button.textContent = warned ? "Take it back" : "Warn";
    frame.warn(warned ? "A sentence above everything else, until it is empty." : "");
    report(warned ? "warns" : "takes the warning back");
  });

  const small = part(parent, "The least that a card has", true);
  makeFrame(small, { lab: "demo-card", question: "Another question?" }).say("Another sentence.", "another line of state");
}

/** @param {string} text */
function place(text) {
  return element("div", { class: "demo-place" }, text);
}
