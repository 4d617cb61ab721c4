// One of several texts, and a field for a text of one's own.

import { element, newId } from "./page.js";

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, options: readonly { value: string, text: string }[], change: (value: string) => void }} options
 */
export function makeTextChoice(parent, { name, options, change }) {
  const id = newId();
  const select = element("select", { id, class: "kit-text" });
  const add = (/** @type {{ value: string, text: string }} */ { value, text }) => select.append(element("option", { value }, text));
  options.forEach(add);
  select.addEventListener("change", () => change(select.value));
  parent.append(element("label", { for: id, class: "kit-name" }, name), select);
  return {
    /** Offer another text, unless it is there already. @param {string} value @param {string} text */
    offer(value, text) {
      if (![...select.options].some((option) => option.value === value)) add({ value, text });
    },
    /** @param {string} value */
    set(value) {
      select.value = value;
    },
  };
}

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, button: string, busy: string, longest: number, send: (text: string) => void }} options
 */
export function makeOwnText(parent, { name, button, busy, longest, send }) {
  const field = element("input", { type: "text", maxlength: longest, class: "kit-text kit-own", "aria-label": name, placeholder: name });
  const submit = element("button", { type: "submit", class: "kit-button" }, button);
  const form = element("form", { class: "kit-row" }, field, submit);
  const wait = (/** @type {boolean} */ waits) => {
    submit.disabled = waits;
    submit.textContent = waits ? busy : button;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    wait(true); // the first answer takes seconds, in which a network is loaded
    send(field.value);
  });
  // In JupyterLab, Enter does not submit a form by itself.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (!submit.disabled) form.requestSubmit();
  });
  parent.append(form);
  return {
    /** The answer is there: another text may be sent. */
    ready: () => wait(false),
  };
}
