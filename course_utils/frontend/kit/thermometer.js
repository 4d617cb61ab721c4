// A thermometer: a column that rises and falls with a share, in front of a green zone and, below it, a red one.

import { percent } from "./numbers.js";
import { element, say } from "./page.js";

const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/**
 * @typedef {object} Reading
 * @property {number | null} share 0..1, or null if it is not known
 * @property {number | null} alarm where the red zone ends, 0..1; null without zones
 * @property {string} words the zone that it is in, or what else is to say, below the number
 */

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, tone: string, green: string, red: string, unknown: string }} options the names of the zones,
 *   and what is read out without a share
 */
export function makeThermometer(parent, { name, tone, green, red, unknown }) {
  const number = element("span", { class: "kit-thermometer-number" });
  const note = element("span", { class: "kit-thermometer-note" });
  const column = element("div", { class: "kit-thermometer-column" });
  const zones = element(
    "div",
    { class: "kit-thermometer-zones" },
    element("span", { class: "kit-thermometer-green" }, green),
    element("span", { class: "kit-thermometer-red" }, red),
  );
  const ticks = TICKS.map((tick) => {
    const made = element("span", { class: "kit-thermometer-tick" }, percent(tick));
    made.style.setProperty("--at", String(tick));
    return made;
  });
  const tube = element("div", { class: "kit-thermometer-tube" }, ...ticks, element("div", { class: "kit-thermometer-glass" }, column), zones);
  const box = element(
    "div",
    { class: `kit-thermometer kit-tone-${tone}`, role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": 100 },
    element("b", {}, name),
    number,
    note,
    tube,
    element("div", { class: "kit-thermometer-bulb" }),
  );
  parent.append(box);
  return {
    /** @param {Reading} reading */
    set({ share, alarm, words }) {
      box.style.setProperty("--share", String(share ?? 0));
      box.style.setProperty("--alarm", String(alarm ?? 0));
      zones.hidden = alarm === null;
      box.classList.toggle("kit-thermometer-alarm", share !== null && alarm !== null && share < alarm);
      say(number, share === null ? "?" : percent(share));
      say(note, words);
      box.setAttribute("aria-valuenow", String(Math.round(100 * (share ?? 0))));
      box.setAttribute("aria-valuetext", share === null ? unknown : `${percent(share)}, ${words}`);
    },
  };
}
