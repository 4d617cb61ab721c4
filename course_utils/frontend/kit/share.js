// Copy what a lab shows as a link or as a text, and go to what somebody else copied.

import { element, say } from "./page.js";
import { decode, encode } from "./state_link.js";

/**
 * @template {object} S
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {string} options.lab its name
 * @param {number} options.version of its state
 * @param {Record<string, import("./state_link.js").Field>} options.fields of its state
 * @param {string} options.address what stands before a state: a page's address and "#", or nothing
 * @param {() => S} options.state what to share
 * @param {(state: S) => void} options.go show what somebody shared
 */
export function shareState(parent, { lab, version, fields, address, state, go }) {
  const code = () => encode(lab, version, fields, state());
  /** Go to the state in a text, or return why not. @param {string} text */
  const restore = (text) => {
    const found = decode(lab, version, fields, text);
    if ("problem" in found) return found.problem;
    go(/** @type {S} */ (found.state));
    return "";
  };
  makeShare(parent, { what: address ? "link" : "state", text: () => address + code(), restore });
  return { code, restore };
}

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {"link" | "state"} options.what
 * @param {() => string} options.text what to copy
 * @param {(text: string) => string} options.restore go there, or return why not; an empty text if it went well
 */
function makeShare(parent, { what, text, restore }) {
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
}
