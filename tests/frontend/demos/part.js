// A part of a demo page: one state of a piece, below its name.

import { element } from "../../../course_utils/frontend/kit/page.js";

/**
 * @param {HTMLElement} parent
 * @param {string} name
 * @param {boolean} [wide] whether it needs the whole width
 */
export function part(parent, name, wide = false) {
  const box = element("div");
  parent.append(element("section", { class: wide ? "demo-part demo-wide" : "demo-part" }, element("h2", {}, name), box));
  return box;
}
