// Code that can be read and copied.

import { element, say } from "./page.js";

/** @param {HTMLElement} parent @param {string} name what it is, as it is read out */
export function makeCode(parent, name) {
  const text = element("code");
  const copy = element("button", { type: "button", class: "kit-button" }, "Copy code");
  const said = element("span", { class: "kit-hint", role: "status" });
  const block = element("pre", { class: "kit-code", tabindex: 0, role: "region", "aria-label": name }, text);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent ?? "");
      say(said, "Copied.");
    } catch {
      getSelection()?.selectAllChildren(text); // without a clipboard
      say(said, "Copy the marked code with Ctrl+C.");
    }
  });
  parent.append(block, element("div", { class: "kit-row" }, copy, said));
  return {
    /** @param {string} code */
    set(code) {
      if (text.textContent === code) return;
      text.textContent = code;
      say(said, "");
    },
  };
}
