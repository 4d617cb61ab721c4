// What the rank slider shows, worked out from its state and the recorded runs. Pure.

import { count, fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Cell means over the seeds, 0..1
 * @property {number} rank 0 for full fine-tuning
 * @property {number} learning_rate
 * @property {number} target
 * @property {number} low
 * @property {number} high
 * @property {number} source
 * @property {number} validation the target's accuracy on validation pictures, which choose
 * @property {boolean} best whether validation pictures choose this rate for the rank
 *
 * @typedef {object} Data what the page gets once
 * @property {Record<string, Cell[]>} cells by task
 * @property {Record<string, number>} weights that learn, by rank
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {string} task
 * @property {number} rank
 * @property {number} learning_rate
 * @property {number | null} guess a rank
 * @property {boolean} revealed
 */

/** @type {(keyof State)[]} */
export const STATE = ["task", "rank", "learning_rate", "guess", "revealed"];
const LOWEST = 0.5; // where the scale of colours begins

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start, guess: null, revealed: false };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ table }) {
  const rank = numberField((value) => table.ranks.includes(value));
  return {
    task: nameField(table.tasks),
    rank,
    learning_rate: numberField((value) => table.rates.includes(value)),
    guess: optional(numberField((value) => value !== 0 && table.ranks.includes(value))),
    revealed: flagField(),
  };
}

/** @param {Data} data @param {Pick<State, "task" | "rank" | "learning_rate">} at */
export function cellAt({ cells }, { task, rank, learning_rate }) {
  return (cells[task] ?? []).find((cell) => cell.rank === rank && cell.learning_rate === learning_rate) ?? null;
}

/** The smallest rank that validation puts within some points of full fine-tuning, each at its best rate; null if none is. @param {Data} data @param {string} task */
export function smallest({ cells, table }, task) {
  const best = (cells[task] ?? []).filter((cell) => cell.best);
  const full = best.find(({ rank }) => rank === 0);
  if (!full) return null;
  const near = best.filter(({ rank, validation }) => rank > 0 && full.validation - validation <= table.within / 100 + 1e-9);
  return near.length ? near.reduce((one, other) => (other.rank < one.rank ? other : one)) : null;
}

/** A rank in words. @param {any} words @param {number} rank */
function rankWords(words, rank) {
  return rank ? fill(words.of_rank, { rank }) : words.in_full;
}

/** What a rank weighs. @param {Data} data @param {number} rank */
function weighs({ weights, table }, rank) {
  const bytes = 4 * weights[String(rank)];
  const size = bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const name = rankWords(table.words, rank);
  return fill(table.words.weighs, { rank: name[0].toUpperCase() + name.slice(1), weights: count(weights[String(rank)]), size });
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 */
export function view(data, state) {
  const { table, missing } = data;
  const known = (data.cells[state.task] ?? []).length > 0;
  return {
    rows: [...table.ranks].reverse().map((rank) =>
      table.rates.map((/** @type {number} */ learning_rate) => drawnCell(data, state, { rank, learning_rate })),
    ),
    canReveal: known && !state.revealed,
    result: known ? result(data, state) : missing,
    stateLine: known ? stateLine(data, state) : "",
  };
}

/**
 * @param {Data} data
 * @param {State} state
 * @param {{ rank: number, learning_rate: number }} at
 * @returns {import("../../frontend/kit/heat_map.js").HeatCell}
 */
function drawnCell(data, state, at) {
  const { words } = data.table;
  const cell = cellAt(data, { ...at, task: state.task });
  const place = fill(words.place, { rank: rankWords(words, at.rank), rate: scientific(at.learning_rate) });
  const shown = state.revealed && cell !== null;
  const said = !cell ? words.none : shown ? seenWords(words, cell) : words.hidden;
  return {
    name: `${place}: ${said}`,
    text: !cell ? "–" : shown ? percent(cell.target) : "",
    note: shown ? fill(words.note, { source: percent(cell.source) }) : "",
    share: shown ? Math.max(0, (cell.target - LOWEST) / (1 - LOWEST)) : null,
    chosen: at.rank === state.rank && at.learning_rate === state.learning_rate,
    flag: false,
    mark: shown && cell.best ? "best" : "",
    live: false,
  };
}

/** @param {any} words @param {Cell} cell */
function seenWords(words, { target, source }) {
  return fill(words.seen, { target: percent(target), source: percent(source) });
}

/** One sentence. @param {Data} data @param {State} state */
function result(data, { task, guess, revealed }) {
  const { words } = data.table;
  if (!revealed) return guess === null ? words.before_guess : fill(words.before_reveal, { guess });
  const full = /** @type {Cell} */ (data.cells[task].find((cell) => cell.rank === 0 && cell.best));
  const least = smallest(data, task);
  const behind = least ? Math.max(0, 100 * (full.target - least.target)).toFixed(1) : "";
  const found = least
    ? fill(words.found, { rank: least.rank, behind, full: percent(full.target) })
    : fill(words.never, { full: percent(full.target) });
  if (guess === null) return found;
  return `${found} ${least && guess === least.rank ? words.right : fill(words.wrong, { guess })}`;
}

/** @param {Data} data @param {State} state */
function stateLine(data, state) {
  const { words } = data.table;
  const cell = cellAt(data, state);
  if (!state.revealed || !cell) return weighs(data, state.rank);
  const place = fill(words.place, { rank: rankWords(words, state.rank), rate: scientific(state.learning_rate) });
  const named = place[0].toUpperCase() + place.slice(1);
  return fill(words.cell, { place: named, seen: seenWords(words, cell), low: percent(cell.low), high: percent(cell.high), weighs: weighs(data, state.rank) });
}
