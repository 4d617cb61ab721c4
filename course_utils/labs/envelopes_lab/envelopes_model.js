// What the lab ten envelopes shows, worked out from its state and the recorded rounds. Pure.

import { fill, percent } from "../../frontend/kit/numbers.js";
import { flagField, numberField } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Envelope a recorded round; limits and accuracies in percent
 * @property {string} task
 * @property {string} kind honest, leak, winner or shift
 * @property {number} train how many inputs it learned from
 * @property {number} validation how many there are
 * @property {number} right how many of them were answered right
 * @property {number} validation_groups of how many plants, speakers ... they are
 * @property {number} test
 * @property {number} test_groups
 * @property {string} thing what a group is; empty if every input is on its own
 * @property {number} hit what was in it
 * @property {[number, number]} by_inputs limits by a formula that counts inputs
 * @property {[number, number]} by_units limits by one that counts groups
 *
 * @typedef {object} Data what the page gets once
 * @property {Envelope[][]} deals ten rounds each; empty if nothing is recorded
 * @property {{ kind: string, count: number, by_inputs: number, by_units: number }[]} overall all rounds, and the shares in which limits held
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {number} deal
 * @property {number} low
 * @property {number} high
 * @property {number[]} opened the limits of what is open: low, high, low, high ...
 * @property {boolean} looking whether the last of these is being looked at
 */

const ALPHA = 0.1;

/** @type {(keyof State)[]} */
export const STATE = ["deal", "low", "high", "opened", "looking"];

/** The state before anything is opened. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ table }) {
  const whole = (/** @type {number} */ value) => Number.isInteger(value) && value >= 0 && value <= 100;
  return {
    deal: numberField((deal) => whole(deal) && deal < table.deals),
    low: numberField(whole),
    high: numberField(whole),
    opened: {
      write: (/** @type {number[]} */ opened) => opened.join("."),
      read: (/** @type {string} */ text) => {
        const ends = text === "" ? [] : text.split(".").map(Number);
        const fits = ends.length % 2 === 0 && ends.length <= 2 * table.rounds && ends.every(whole);
        return /^[\d.]*$/.test(text) && fits ? ends : undefined;
      },
    },
    looking: flagField(),
  };
}

/** The limits after one of them was moved: the other one gives way. @param {State} state @param {"low" | "high"} end @param {number} value */
export function moved({ low, high }, end, value) {
  return end === "low" ? { low: value, high: Math.max(high, value) } : { low: Math.min(low, value), high: value };
}

/** What the button does: open, go on, or begin again with other rounds. @param {Data} data @param {State} state @returns {Partial<State>} */
export function pressed(data, state) {
  const { table } = data;
  const { deal, low, high, opened, looking } = state;
  if (!looking) return { opened: [...opened, low, high], looking: true };
  const { low: first, high: last } = table.start;
  if (opened.length < 2 * table.rounds) return { looking: false, low: first, high: last };
  return { ...startOf(data), deal: (deal + 1) % table.deals };
}

/** How far a value lies outside of limits; 0 inside. @param {number} hit @param {readonly number[]} limits */
export function beyond(hit, [low, high]) {
  return Math.max(0, low - hit, hit - high);
}

/**
 * The interval score of Gneiting and Raftery (2007): its width, and for a miss 2 / alpha times its distance.
 * @param {number} hit
 * @param {readonly number[]} limits
 */
export function score(hit, limits) {
  return limits[1] - limits[0] + (2 / ALPHA) * beyond(hit, limits);
}

/**
 * @typedef {object} Table
 * @property {string} caption
 * @property {string[]} columns
 * @property {string[][]} rows
 *
 * How the reader's limits and the formulas' did in ten rounds.
 * @param {any} words
 * @param {Envelope[]} rounds
 * @param {readonly (readonly number[])[]} limits
 * @returns {Table}
 */
function balances(words, rounds, limits) {
  const rows = [
    balance(words, words.you, rounds, limits),
    ...[/** @type {const} */ ("by_inputs"), /** @type {const} */ ("by_units")].map((name) => balance(words, words[name], rounds, rounds.map((round) => round[name]))),
  ];
  return { caption: words.summary, columns: [words.who, words.held_column, words.width_column, words.score_column], rows };
}

/** How the formulas' limits did in all rounds, by kind. @param {any} words @param {Data["overall"]} overall @returns {Table} */
function kindsOf(words, overall) {
  const rows = overall.map(({ kind, count, by_inputs, by_units }) => [fill(words.kinds[kind], { count }), percent(by_inputs), percent(by_units)]);
  return { caption: fill(words.overall, { count: countOf(overall) }), columns: [words.kind_column, words.by_inputs, words.by_units], rows };
}

/** @param {Data["overall"]} overall */
function countOf(overall) {
  return overall.reduce((sum, { count }) => sum + count, 0);
}

/** How limits of several rounds did. @param {any} words @param {string} name @param {Envelope[]} rounds @param {readonly (readonly number[])[]} limits */
function balance(words, name, rounds, limits) {
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const held = rounds.filter(({ hit }, at) => beyond(hit, limits[at]) === 0).length;
  const width = Math.round(mean(limits.map(([low, high]) => high - low)));
  return [name, fill(words.of, { held, of: rounds.length }), String(width), String(Math.round(mean(rounds.map(({ hit }, at) => score(hit, limits[at])))))];
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 */
export function view(data, state) {
  const { table, missing } = data;
  const { words } = table;
  const rounds = data.deals[state.deal];
  if (!rounds) return { facts: [], title: "", rows: [], alt: missing, tables: [], button: words.open, canPress: false, canMove: false, result: missing, stateLine: "" };
  const { opened, looking, low, high } = state;
  const limits = rounds.slice(0, opened.length / 2).map((_, at) => [opened[2 * at], opened[2 * at + 1]]);
  const at = Math.min(limits.length - Number(looking), rounds.length - 1);
  const done = looking && limits.length === rounds.length;
  const rows = rounds.map(({ hit, by_inputs, by_units, thing }, number) => {
    if (number < limits.length) return { low: limits[number][0], high: limits[number][1], hit, held: beyond(hit, limits[number]) === 0, by_inputs, by_units: thing ? by_units : null, now: number === at };
    return number === at ? { low, high, now: true } : { now: false };
  });
  const seen = rounds.slice(0, limits.length);
  const verdict = looking ? told(words, table, rounds[at], limits[at]) : words.ask;
  const held = seen.filter(({ hit }, number) => beyond(hit, limits[number]) === 0).length;
  return {
    title: fill(words.round, { number: at + 1, of: rounds.length }),
    facts: factsOf(table, rounds[at]),
    rows,
    alt: fill(words.chart, { rows: seen.map((round, number) => rowWords(words, round, limits[number], number)).join("; ") || words.none }),
    tables: done ? [balances(words, rounds, limits), kindsOf(words, data.overall)] : [],
    button: !looking ? words.open : done ? words.restart : words.next,
    canPress: true,
    canMove: !looking,
    result: done ? `${verdict} ${fill(words.done, { held, count: countOf(data.overall) })}` : verdict,
    stateLine: looking ? formulas(words, table, rounds[at]) : "",
  };
}

/** What is known of a round before it is opened: names and values. @param {any} table @param {Envelope} round @returns {[string, string][]} */
function factsOf({ words, tasks, made }, round) {
  const { what, inputs } = tasks[round.task];
  const groups = (/** @type {number} */ count) => (round.thing ? fill(words.groups, { count, things: plural(round.thing, count) }) : "");
  const { validation, right, test, kind, thing } = round;
  const how = kind === "honest" || kind === "shift" ? (tasks[round.task][kind] ?? kind) : kind;
  return [
    [words.task, what],
    [words.learned, fill(words.learned_words, { train: round.train, inputs })],
    [words.made, fill(made[how], { things: plural(thing, 2), inputs })],
    [words.validation, fill(words.validation_words, { right, count: validation, share: whole((100 * right) / validation), groups: groups(round.validation_groups) })],
    [words.sealed, fill(words.sealed_words, { count: test, inputs, groups: groups(round.test_groups) })],
  ];
}

/** @param {any} words @param {any} table @param {Envelope} round @param {readonly number[]} limits */
function told(words, { tasks }, round, limits) {
  const { hit, kind, thing, right, validation } = round;
  const by = Math.ceil(beyond(hit, limits));
  const points = by === 1 ? words.point : fill(words.points, { count: by });
  const found = fill(by ? words.missed : words.held, { hit: whole(hit), low: limits[0], high: limits[1], by: points });
  const why = kind === "honest" && thing ? "why_honest_groups" : `why_${kind}`;
  const things = plural(thing, 2);
  const said = {
    share: whole((100 * right) / validation),
    inputs: tasks[round.task].inputs,
    count: round.test_groups,
    things: why === "why_honest_groups" ? things[0].toUpperCase() + things.slice(1) : things,
  };
  return `${found} ${fill(words[why], said)}`;
}

/** @param {any} words @param {any} table @param {Envelope} round */
function formulas(words, { tasks }, { task, thing, by_inputs, by_units }) {
  const units = thing ? fill(words.units, { things: plural(thing, 2), units_low: Math.round(by_units[0]), units_high: Math.round(by_units[1]) }) : "";
  return fill(words.formulas, { inputs: tasks[task].inputs, inputs_low: Math.round(by_inputs[0]), inputs_high: Math.round(by_inputs[1]), units });
}

/** @param {any} words @param {Envelope} round @param {readonly number[]} limits @param {number} number */
function rowWords(words, { hit }, limits, number) {
  const verdict = beyond(hit, limits) ? words.row_missed : words.row_held;
  return fill(words.row, { number: number + 1, low: limits[0], high: limits[1], hit: whole(hit), verdict });
}

/** @param {string} thing @param {number} count */
function plural(thing, count) {
  return count === 1 ? thing : `${thing}s`;
}

/** A percentage without decimals. @param {number} value */
function whole(value) {
  return `${Math.round(value)}%`;
}
