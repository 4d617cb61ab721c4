// What the strategy map shows, worked out from its state and the advisor's answers. Pure.

import { fill } from "../../frontend/kit/numbers.js";
import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Option
 * @property {string} strategy
 * @property {number} there points behind the winner of the nearest cell
 * @property {readonly [number, number, number]} lead points over the last block's features: mean, lowest, highest
 * @property {number} times the cost of features
 *
 * @typedef {object} Answer
 * @property {number} labels per class
 * @property {number} head_start points
 * @property {string | null} strategy null where nobody knows
 * @property {string | null} cheaper the cheapest that is about as good
 * @property {string | null} winner of the nearest cell
 * @property {Option[]} options
 * @property {{ task: string, labels: number, head_start: number }[]} cells the nearest that were measured
 *
 * @typedef {object} Data what the page gets once
 * @property {Answer[]} answers
 * @property {string[]} strategies
 * @property {number} good points behind the best that count as good
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {number} labels
 * @property {number} head_start
 * @property {string | null} guess a strategy
 * @property {boolean} revealed
 */

/** @type {(keyof State)[]} */
export const STATE = ["labels", "head_start", "guess", "revealed"];
const UNKNOWN = "?";

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start, guess: null, revealed: false };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ strategies, table }) {
  const names = strategies.map(linkName);
  const name = nameField(names);
  return {
    labels: numberField((value) => table.labels.includes(value)),
    head_start: numberField((value) => table.head_start.includes(value)),
    guess: optional({
      write: linkName,
      read: (text) => (name.read(text) === undefined ? undefined : strategies[names.indexOf(text)]),
    }),
    revealed: flagField(),
  };
}

/** A strategy's name without what a link can't hold. @param {string} strategy */
function linkName(strategy) {
  return strategy.replace(/[ ,]+/g, "-");
}

/** @param {Data} data @param {{ labels: number, head_start: number }} at */
export function answerAt({ answers }, { labels, head_start }) {
  return answers.find((answer) => answer.labels === labels && answer.head_start === head_start) ?? null;
}

/** A number of points with its sign. @param {number} value */
export function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value)}`;
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 */
export function view(data, state) {
  const { table } = data;
  const answer = answerAt(data, state);
  return {
    rows: [...table.head_start].reverse().map((head_start) =>
      table.labels.map((/** @type {number} */ labels) => drawnCell(data, state, { labels, head_start })),
    ),
    options: state.revealed && answer ? answer.options.map((option) => optionWords(table.words, option, answer)) : [],
    key: data.strategies.map((name) => fill(table.words.key, { letter: table.letters[name], name })),
    canReveal: !state.revealed && data.answers.length > 0,
    result: result(data, state, answer),
    stateLine: state.revealed && answer ? nearest(table.words, answer) : "",
  };
}

/**
 * @param {Data} data
 * @param {State} state
 * @param {{ labels: number, head_start: number }} at
 * @returns {import("../../frontend/kit/heat_map.js").HeatCell}
 */
function drawnCell(data, state, at) {
  const { words, letters } = data.table;
  const answer = answerAt(data, at);
  const shown = state.revealed && answer !== null;
  const place = fill(words.place, { labels: at.labels, points: signed(at.head_start) });
  const said = !shown ? words.hidden : (answer.winner ?? words.dont_know);
  const chosen = at.labels === state.labels && at.head_start === state.head_start;
  return {
    name: `${place}: ${said}`,
    text: !shown ? "" : answer.winner ? letters[answer.winner] : UNKNOWN,
    note: "",
    share: shown && answer.winner ? data.strategies.indexOf(answer.winner) / (data.strategies.length - 1) : null,
    chosen,
    flag: chosen && state.guess !== null && !state.revealed,
    mark: "",
    live: false,
  };
}

/** @param {any} words @param {Option} option @param {Answer} answer */
function optionWords(words, { strategy, lead, times }, answer) {
  const [mean, low, high] = lead.map(signed);
  return { strategy, lead: fill(words.band, { mean, low, high }), times: String(times), advised: strategy === answer.strategy };
}

/** @param {any} words @param {Answer} answer */
function nearest(words, { cells }) {
  return fill(words.near, { cells: cells.map((cell) => cellWords(words, cell)).join("; ") });
}

/** @param {any} words @param {{ task: string, labels: number, head_start: number }} cell */
function cellWords(words, { task, labels, head_start }) {
  return fill(words.cell, { task, labels, points: signed(head_start) });
}

/** One sentence. @param {Data} data @param {State} state @param {Answer | null} answer */
function result({ missing, good, table }, { labels, head_start, guess, revealed }, answer) {
  const { words } = table;
  if (!answer) return missing;
  if (!revealed) {
    return guess ? fill(words.before_reveal, { guess }) : fill(words.before_guess, { labels, points: signed(head_start) });
  }
  const { strategy: best, cheaper: name, winner, cells, options } = answer;
  if (!best || !winner) return words.unknown;
  const advice = fill(name === best ? words.advice : words.advice_cheaper, { count: cells.length, best, name: name ?? best, good });
  const cell = cellWords(words, cells[0]);
  const mine = options.find(({ strategy }) => strategy === guess);
  if (!guess || !mine) return fill(words.unguessed, { cell, winner, advice });
  if (guess === winner) return fill(words.right, { cell, winner, advice });
  return fill(words.behind, { cell, winner, guess, points: mine.there, advice });
}
