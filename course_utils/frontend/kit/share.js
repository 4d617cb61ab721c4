// Copy what a lab shows as a link or as a text, and go to what somebody else copied.

import { element, say } from "./page.js";

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {"link" | "state"} options.what
 * @param {() => string} options.text what to copy
 * @param {(text: string) => string} options.restore go there, or return why not; an empty text if it went well
 */
export function makeShare(parent, { what, text, restore }) {
  const copy = element("button", { type: "button", class: "kit-button" }, `Copy ${what}`);
  const field = element("input", { type: "text", class: "kit-typed", "aria-label": `A ${what} to go to`, placeholder: `paste a ${what}`, spellcheck: "false" });
  const go = element("button", { type: "button", class: "kit-button" }, "Restore");
  const said = element("span", { class: "kit-hint", role: "status" });
  copy.addEventListener("click", async () => {
    field.value = text();
    try {
      await navigator.clipboard.writeText(field.value);
      say(said, "Copied.");
    } catch {
      field.select(); // without a clipboard, in an embedded page for one
      say(said, `Copy the marked ${what} with Ctrl+C.`);
    }
  });
  const bring = () => say(said, restore(field.value) || "Restored.");
  go.addEventListener("click", bring);
  field.addEventListener("keydown", (event) => event.key === "Enter" && bring());
  parent.append(element("div", { class: "kit-share" }, copy, field, go, said));
  return {
    /** Say something beside the buttons. @param {string} words */
    say: (words) => say(said, words),
  };
}
