// Demo of the learner's flag.

import { drawFlag } from "../../../course_utils/frontend/kit/flag.js";
import { makeHeatMap } from "../../../course_utils/frontend/kit/heat_map.js";
import { element } from "../../../course_utils/frontend/kit/page.js";
import { part } from "./part.js";
import { cells, product, table } from "./products.js";

export const title = "Flag";
export const text = "The learner's guess: planted in a cell of a heat map before its numbers are there, and kept in its corner afterwards.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const map = makeHeatMap(part(parent, "Nothing is known: press a cell to plant the flag"), {
    ...table(),
    press(row, column) {
      plant(row, column);
      report(`flag in row ${row + 1}, column ${column + 1}`);
    },
  });
  /** @param {number} row @param {number} column */
  const plant = (row, column) =>
    map.set("a table without its numbers", cells((r, c) => ({ flag: r === row && c === column })), { tone: "target", open: true });
  plant(-1, -1);
  map.enterAt(0, 0);

  const after = makeHeatMap(part(parent, "Revealed: the flag stays, and the numbers come in"), { ...table(), press: () => {} });
  after.set("the products", cells((row, column) => ({ ...product(row, column), flag: row === 1 && column === 2 })), { tone: "target", open: false });
  after.enterAt(0, 0);
  part(parent, "Alone, in a legend").append(element("p", { class: "kit-row" }, drawFlag(), "your guess"));
}
