// Demo of the heat map and of its scale.

import { makeHeatMap, makeHeatScale } from "../../../course_utils/frontend/kit/heat_map.js";
import { part } from "./part.js";
import { cells, product, table } from "./products.js";

export const title = "Heat map";
export const text = "A grid of buttons: arrow keys move, Enter or a click picks. The number stands in the cell, and its colour repeats it.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("All numbers are known: a star marks the largest", "target", () => ({}));
  show("The second row is not known yet, and one cell of it is being measured", "source", (row, column) =>
    row === 1 ? { name: `row 2, column ${column + 1}: not known yet`, text: "", share: null, live: column === 3 } : {},
  );

  /**
   * @param {string} title
   * @param {string} tone
   * @param {(row: number, column: number) => object} other
   */
  function show(title, tone, other) {
    const box = part(parent, title);
    const map = makeHeatMap(box, {
      ...table(),
      press(row, column) {
        choose(row, column);
        report(`pressed row ${row + 1}, column ${column + 1}`);
      },
    });
    /** @param {number} row @param {number} column */
    const choose = (row, column) => {
      const view = cells((r, c) => ({
        ...product(r, c),
        chosen: r === row && c === column,
        mark: r === 2 && c === 3 ? "best" : "",
        ...other(r, c),
      }));
      map.set("the products", view, { tone, open: false });
    };
    choose(0, 0);
    map.enterAt(0, 0);
    makeHeatScale(box).set(["1", "12"], tone);
  }
}
