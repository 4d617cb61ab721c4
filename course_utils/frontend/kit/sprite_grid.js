// Small pictures by group, cut out of one sheet, with an empty place for each that is not there.

import { element } from "./page.js";

/**
 * @typedef {object} SpriteGroup a row of the sheet
 * @property {string} name
 * @property {readonly number[]} places columns of the sheet
 * @property {string} more what is not shown, in words
 * @property {string} alt
 */

/** @param {HTMLElement} parent @param {{ slots: number }} options how many pictures of a group have a place */
export function makeSpriteGrid(parent, { slots }) {
  const list = element("ul", { class: "kit-sprites" });
  parent.append(list);
  let shown = "";

  /** @param {number} columns @param {number} rows @param {number} row @param {number} place */
  const picture = (columns, rows, row, place) => {
    const made = element("span", { class: "kit-sprite" });
    made.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    made.style.backgroundPosition = `${(100 * place) / (columns - 1)}% ${(100 * row) / (rows - 1)}%`;
    return made;
  };

  return {
    /**
     * Without a sheet all places are empty.
     * @param {{ sheet: string | undefined, columns: number, groups: readonly SpriteGroup[] }} what
     */
    set({ sheet, columns, groups }) {
      const now = JSON.stringify([sheet?.length, groups]);
      if (now === shown) return;
      shown = now;
      list.style.setProperty("--count", String(groups.length));
      list.style.setProperty("--half", String(Math.ceil(groups.length / (groups.length > 5 ? 2 : 1))));
      list.style.setProperty("--sheet", sheet ? `url("${sheet}")` : "none");
      const items = groups.map(({ name, places, more, alt }, row) => {
        const pictures = element("div", { class: "kit-sprite-slots", role: "img", "aria-label": alt });
        for (let slot = 0; slot < slots; slot += 1) {
          const there = sheet && slot < places.length;
          pictures.append(there ? picture(columns, groups.length, row, places[slot]) : element("span"));
        }
        const head = element("div", { class: "kit-sprite-head" }, element("b", {}, name), element("span", {}, more));
        return element("li", {}, head, pictures);
      });
      list.replaceChildren(...items);
    },
  };
}
