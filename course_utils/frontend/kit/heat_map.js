// A heat map whose cells are buttons: arrow keys move, Enter, a click or a tap picks; the number stands in the cell.

import { drawFlag } from "./flag.js";
import { clamp } from "./numbers.js";
import { element, say } from "./page.js";

/**
 * @typedef {object} HeatCell
 * @property {string} name the whole cell, as it is read out
 * @property {string} text its number; empty while it is unknown
 * @property {string} note below the number
 * @property {number | null} share where it lies on the scale of colours, 0..1; null without a colour
 * @property {boolean} chosen
 * @property {boolean} flag whether the learner's flag stands in it
 * @property {string} mark the name of a sign in a corner; empty for none
 * @property {boolean} live whether its number is being measured
 *
 * @typedef {object} HeatMapOptions
 * @property {string} corner what the rows are
 * @property {string} across what the columns are
 * @property {readonly Node[]} rows the head of each, from the top
 * @property {readonly string[]} columns the head of each
 * @property {Record<string, string>} signs by name of a mark
 * @property {(row: number, column: number) => void} press
 */

/**
 * Where a key leads in a grid; null if it does not move.
 * @param {{ key: string, ctrlKey: boolean }} pressed
 * @param {readonly [number, number]} at row and column
 * @param {readonly [number, number]} size
 * @returns {[number, number] | null}
 */
export function moved({ key, ctrlKey }, [row, column], [rows, columns]) {
  /** @type {Record<string, [number, number]>} */
  const moves = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [ctrlKey ? 0 : row, 0],
    End: [ctrlKey ? rows - 1 : row, columns - 1],
  };
  const to = moves[key];
  return to ? [clamp(to[0], 0, rows - 1), clamp(to[1], 0, columns - 1)] : null;
}

/** @param {HTMLElement} parent @param {HeatMapOptions} options */
export function makeHeatMap(parent, { corner, across, rows, columns, signs, press }) {
  /** @type {readonly [number, number]} */
  let at = [0, 0];
  /** @param {readonly [number, number]} to the cell that Tab reaches */
  const goTo = (to) => {
    cells[at[0]][at[1]].button.tabIndex = -1;
    at = to;
    cells[at[0]][at[1]].button.tabIndex = 0;
  };
  const cells = rows.map((_, row) =>
    columns.map((_, column) => {
      const [number, note, mark] = ["number", "note", "mark"].map((part) => element("span", { class: `kit-heat-${part}` }));
      const flag = drawFlag();
      const button = element("button", { type: "button", class: "kit-heat-button", tabindex: -1 }, mark, number, note, flag);
      const box = element("div", { role: "gridcell", class: "kit-heat-cell" }, button);
      button.addEventListener("click", () => {
        goTo([row, column]);
        press(row, column);
      });
      return { box, button, number, note, mark };
    }),
  );
  const heads = columns.map((text) => element("span", { role: "columnheader", class: "kit-heat-head" }, text));
  const grid = element(
    "div",
    { role: "grid", class: "kit-heat" },
    element("div", { role: "row", class: "kit-heat-row" }, element("span", { role: "columnheader", class: "kit-heat-corner" }, corner), ...heads),
    ...cells.map((row, number) =>
      element(
        "div",
        { role: "row", class: "kit-heat-row" },
        element("span", { role: "rowheader", class: "kit-heat-side" }, rows[number]),
        ...row.map(({ box }) => box),
      ),
    ),
  );
  grid.style.setProperty("--columns", String(columns.length));
  const box = element("div", { class: "kit-heat-box" }, element("div", { class: "kit-heat-across", "aria-hidden": "true" }, across), grid);
  parent.append(box);
  grid.addEventListener("keydown", (event) => {
    const to = event.altKey || event.metaKey ? null : moved(event, at, [rows.length, columns.length]);
    if (!to) return;
    event.preventDefault();
    goTo(to);
    cells[to[0]][to[1]].button.focus();
  });
  grid.addEventListener("focusin", ({ target }) => {
    cells.forEach((row, number) => row.forEach(({ button }, column) => button === target && goTo([number, column])));
  });

  return {
    box,
    /**
     * @param {string} name what it shows, as it is read out
     * @param {readonly (readonly HeatCell[])[]} view
     * @param {{ tone: string, open: boolean }} how the colour, and whether a flag can be planted
     */
    set(name, view, { tone, open }) {
      grid.setAttribute("aria-label", name);
      grid.className = `kit-heat kit-tone-${tone}${open ? " kit-heat-open" : ""}`;
      view.forEach((row, number) => row.forEach((cell, column) => show(cells[number][column], cell)));
    },
    /** Let Tab reach a cell. @param {number} row @param {number} column */
    enterAt: (row, column) => goTo([row, column]),
  };

  /** @param {(typeof cells)[0][0]} parts @param {HeatCell} cell */
  function show({ box, button, number, note, mark }, cell) {
    button.setAttribute("aria-label", cell.name);
    box.setAttribute("aria-selected", String(cell.chosen));
    button.classList.toggle("kit-heat-known", cell.share !== null);
    button.classList.toggle("kit-heat-flagged", cell.flag);
    button.classList.toggle("kit-heat-live", cell.live);
    if (cell.mark) button.dataset.mark = cell.mark;
    else delete button.dataset.mark;
    button.style.setProperty("--share", String(cell.share ?? 0));
    say(number, cell.text);
    say(note, cell.note);
    say(mark, signs[cell.mark] ?? "");
  }
}

/**
 * The scale of the colours.
 * @param {HTMLElement} parent
 */
export function makeHeatScale(parent) {
  const [low, high] = [element("span"), element("span")];
  const box = element("div", { class: "kit-heat-scale" }, low, element("span", { class: "kit-heat-ramp", "aria-hidden": "true" }), high);
  parent.append(box);
  return {
    /** @param {readonly [string, string]} ends @param {string} tone */
    set([lowest, highest], tone) {
      box.className = `kit-heat-scale kit-tone-${tone}`;
      say(low, lowest);
      say(high, highest);
    },
  };
}
