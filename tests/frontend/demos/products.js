// A table for the demos of the heat map: rows times columns.

import { element } from "../../../course_utils/frontend/kit/page.js";

export const ROWS = [1, 2, 3];
export const COLUMNS = [1, 2, 3, 4];

/** What the cells have in common. */
export const PLAIN = { text: "", note: "", share: null, chosen: false, flag: false, mark: "", live: false };

/** What the heat maps have in common. */
export const table = () => ({
  corner: "rows",
  across: "columns",
  rows: ROWS.map((row) => element("span", {}, `row ${row}`)),
  columns: COLUMNS.map(String),
  signs: { best: "★" },
});

/**
 * A view of the table: what is different in each cell.
 * @param {(row: number, column: number) => Partial<import("../../../course_utils/frontend/kit/heat_map.js").HeatCell>} cell
 */
export function cells(cell) {
  return ROWS.map((_, row) => COLUMNS.map((_, column) => ({ name: `row ${row + 1}, column ${column + 1}`, ...PLAIN, ...cell(row, column) })));
}

/** The number in a cell, and where it lies on the scale of colours. @param {number} row @param {number} column */
export function product(row, column) {
  const value = ROWS[row] * COLUMNS[column];
  return { name: `${ROWS[row]} times ${COLUMNS[column]}: ${value}`, text: String(value), share: (value - 1) / 11 };
}
