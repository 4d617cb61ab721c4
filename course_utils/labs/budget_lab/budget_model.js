// What the label-budget lab shows, worked out from its state, the recorded curves and the live runs. Pure.

import { fill, percent } from "../../frontend/kit/numbers.js";
import { logarithmic, nearest } from "../../frontend/kit/scale.js";
import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";
import { afterReveal, beforeReveal, judgement, labelWords, pictureWords } from "./budget_sentences.js";

/**
 * @typedef {object} Setting what decides a run
 * @property {string} task
 * @property {number} labels per class
 * @property {number} seed
 *
 * @typedef {object} Looks what the learner has guessed and sees
 * @property {number | null} guess the labels per class that scratch needs; 0 for never
 * @property {boolean} revealed
 *
 * @typedef {Setting & Looks} State
 *
 * @typedef {object} Point a method's accuracy with so many labels per class, as shares of test pictures
 * @property {number} labels
 * @property {number} mean
 * @property {number} lowest
 * @property {number} highest
 * @property {Record<number, number>} seeds
 *
 * @typedef {"transfer" | "scratch" | "tuned"} Method
 *
 * @typedef {object} Task
 * @property {string} name
 * @property {string[]} classes
 * @property {number[]} budgets in rising order
 * @property {Partial<Record<Method, Point[]>>} curves
 * @property {Record<number, number | null>} crossings by budget of transfer, what scratch needs; null for never
 * @property {string[]} commands that recorded it
 * @property {string} missing why there are no curves to compare; empty if there are
 *
 * @typedef {object} Data what the page gets once
 * @property {Task[]} tasks
 * @property {Record<string, string>} pictures by task, the address of its sheet; in a notebook they come later
 * @property {any} table label_budget.json
 *
 * @typedef {object} LiveRun
 * @property {Setting} setting
 * @property {readonly (readonly [number, number])[]} curve step, share of validation pictures
 * @property {string} outcome empty while it runs
 */

const STOPS = 48; // of a guess, at most
const BEFORE = 0.85; // the axis begins before the first budget,
const BEHIND = 3; // and ends behind the last, with room for "never"

/** @type {Method[]} */
const METHODS = ["tuned", "scratch", "transfer"];
/** @type {(keyof Setting)[]} */
const SETTING = ["task", "labels", "seed"];
/** @type {(keyof State)[]} */
export const STATE = [...SETTING, "guess", "revealed"];

/** @param {Setting} one @param {Setting} other */
export function sameSetting(one, other) {
  return SETTING.every((name) => one[name] === other[name]);
}

/** @param {Data} data @param {string} name */
export function taskOf({ tasks }, name) {
  return tasks.find((task) => task.name === name) ?? tasks[0];
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ tasks, table }) {
  const budgets = tasks.flatMap((task) => task.budgets);
  const { seed, never } = table;
  return {
    task: nameField(tasks.map(({ name }) => name)),
    labels: numberField((labels) => budgets.includes(labels)),
    seed: numberField((value) => Number.isInteger(value) && value >= seed.least && value <= seed.most),
    guess: optional(numberField((guess) => Number.isInteger(guess) && guess >= never && guess <= Math.max(...budgets))),
    revealed: flagField(),
  };
}

/**
 * The state after a change: at a budget that was recorded, and without a guess that was about another budget.
 * @param {Data} data
 * @param {State} before
 * @param {Partial<State>} change
 * @returns {State}
 */
export function changed(data, before, change) {
  const next = { ...before, ...change };
  const { budgets } = taskOf(data, next.task);
  const scale = logarithmic(budgets[0], budgets[budgets.length - 1]);
  const labels = budgets[nearest(budgets, scale, scale.place(next.labels))];
  const [other, moved] = [next.task !== before.task, labels !== before.labels];
  return {
    ...next,
    labels,
    guess: other || moved ? (change.guess ?? null) : next.guess,
    revealed: other ? (change.revealed ?? false) : next.revealed,
  };
}

/** The labels per class that can be guessed: whole numbers, about evenly spaced on the axis. @param {Task} task */
export function guesses({ budgets }) {
  const scale = logarithmic(budgets[0], budgets[budgets.length - 1]);
  const all = Array.from({ length: STOPS + 1 }, (_, number) => Math.round(scale.value(number / STOPS)));
  return [...new Set([...all, ...budgets])].sort((one, other) => one - other);
}

/**
 * A curve as far as it is drawn: to a place between two of its points, if need be.
 * @param {readonly Point[]} curve
 * @param {number} end in labels per class
 */
export function until(curve, end) {
  const shown = curve.filter(({ labels }) => labels <= end);
  const next = curve[shown.length];
  const last = shown[shown.length - 1];
  if (!next || !last || last.labels === end) return shown;
  const part = logarithmic(last.labels, next.labels).place(end);
  /** @param {"mean" | "lowest" | "highest"} name */
  const between = (name) => last[name] + part * (next[name] - last[name]);
  return [...shown, { labels: end, mean: between("mean"), lowest: between("lowest"), highest: between("highest") }];
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state at a recorded budget of its task
 * @param {object} more
 * @param {readonly LiveRun[]} more.runs the newest of each setting
 * @param {number | null} more.drawn how far the reveal has drawn, in labels per class; null if it does not go on
 * @param {boolean} more.canRun
 */
export function view(data, state, { runs, drawn, canRun }) {
  const { words, close, never } = data.table;
  const task = taskOf(data, state.task);
  const { curves, budgets } = task;
  const [first, last] = [budgets[0], budgets[budgets.length - 1]];
  /** @param {Method} method */
  const here = (method) => curves[method]?.find(({ labels }) => labels === state.labels) ?? null;
  const [transfer, scratch] = [here("transfer"), here("scratch")];
  const crossing = task.crossings[state.labels]; // undefined if nothing was recorded to compare
  const comparable = transfer !== null && crossing !== undefined;
  const revealed = state.revealed && comparable;
  const whole = revealed && drawn === null;
  const end = drawn ?? last;
  const guess = state.guess !== null && state.guess > last ? never : state.guess;

  const shown = METHODS.filter((method) => curves[method] && (method === "transfer" || revealed));
  const lines = shown.map((method) => {
    const points = until(curves[method] ?? [], method === "transfer" ? last : end);
    return {
      name: words[method],
      tone: method,
      kind: /** @type {const} */ ("recorded"),
      points: points.map(({ labels, mean }) => /** @type {const} */ ([labels, mean])),
      band: points.map(({ labels, lowest, highest }) => /** @type {const} */ ([labels, lowest, highest])),
    };
  });
  const measured = whole && crossing !== null ? crossing : null;
  const shares = { transfer: transfer?.mean ?? 0, scratch: scratch?.mean ?? 0 };
  const found = { labels: state.labels, first, last, crossing, ...shares, guess };
  const draws = shown.filter((method) => method === "transfer" || whole).flatMap((method) => {
    const share = here(method)?.seeds[state.seed];
    return share === undefined ? [] : [{ tone: method, share, name: words[method] }];
  });
  const line = fill(words.state, {
    task: data.table.task[task.name],
    labels: labelWords(words, state.labels),
    pictures: pictureWords(words, state.labels * task.classes.length),
    seed: state.seed,
  });
  const these = draws.map(({ name, share }) => `${name} ${percent(share)}`).reverse().join(", ");
  return {
    xStart: BEFORE * first,
    xEnd: BEHIND * last,
    lines,
    level: comparable ? { from: state.labels, share: found.transfer } : null,
    draws: draws.map(({ tone, share }) => ({ tone, share, x: state.labels })),
    live: runs
      .filter(({ setting, curve }) => setting.task === task.name && curve.length > 0)
      .map(({ setting, curve, outcome }) => ({
        x: setting.labels,
        shares: curve.map(([, share]) => share),
        ended: outcome !== "",
      })),
    crossing: measured,
    guess: revealed ? guess : null,
    judgement: whole && guess !== null ? judgement(words, close, never, found) : "",
    guessOpen: comparable && !state.revealed,
    canReveal: comparable && !state.revealed,
    canHide: comparable && state.revealed,
    result: !comparable
      ? task.missing || (canRun ? words.unrecorded : words.unrecorded_page)
      : !whole
        ? beforeReveal(words, never, found)
        : afterReveal(words, close, never, found),
    stateLine: these ? `${line} · ${fill(words.with_these, { methods: these })}` : line,
  };
}

/**
 * The pictures that one would learn from, of each class, as places on the task's sheet.
 * @param {Data} data
 * @param {Setting} setting
 */
export function drawnPictures({ tasks, table }, { task, labels, seed }) {
  const { words, shown } = table;
  const { classes } = taskOf(/** @type {Data} */ ({ tasks }), task);
  const first = shown * (seed - table.seed.least);
  const places = Array.from({ length: Math.min(labels, shown) }, (_, number) => first + number);
  return {
    columns: shown * (table.seed.most - table.seed.least + 1),
    groups: classes.map((name) => ({
      name,
      places,
      more: labels > shown ? fill(words.more_pictures, { count: labels - shown }) : "",
      alt: fill(words.class_pictures, { name, pictures: pictureWords(words, labels) }),
    })),
  };
}
