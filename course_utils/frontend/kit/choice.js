// One of a few: radio buttons that look like one bar of buttons, and a field for a whole number.

import { clamp } from "./numbers.js";
import { element, newId } from "./page.js";

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, options: readonly { value: string, text: string }[], change: (value: string) => void }} options
 */
export function makeChoice(parent, { name, options, change }) {
  const group = newId();
  const box = element("fieldset", { class: "kit-choice" }, element("legend", { class: "kit-name" }, name));
  const radios = options.map(({ value, text }) => {
    const radio = element("input", { type: "radio", name: group, value });
    radio.addEventListener("change", () => change(value));
    box.append(element("label", {}, radio, element("span", {}, text)));
    return radio;
  });
  parent.append(box);
  return {
    /** @param {string} value */
    set(value) {
      for (const radio of radios) radio.checked = radio.value === value;
    },
  };
}

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, least: number, most: number, change: (value: number) => void }} options
 */
export function makeNumber(parent, { name, least, most, change }) {
  const field = element("input", { type: "number", min: least, max: most, step: 1, class: "kit-typed" });
  let now = least;
  field.addEventListener("change", () => {
    now = Number.isFinite(field.valueAsNumber) ? clamp(Math.round(field.valueAsNumber), least, most) : now;
    field.value = String(now);
    change(now);
  });
  parent.append(element("label", { class: "kit-number" }, element("span", { class: "kit-name" }, name), field));
  return {
    /** @param {number} value */
    set(value) {
      now = value;
      field.value = String(value);
    },
  };
}
