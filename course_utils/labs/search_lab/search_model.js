// What the lab twenty trials shows, worked out from its state and the recorded sweep. Pure.

import { fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Rival the mean of many searches
 * @property {number[]} best the best score so far, after each trial
 * @property {number[]} again what the winner has when it is trained again, after each trial
 *
 * @typedef {object} Recorded one task
 * @property {[number, number][]} scores of every setting: in the search, and trained again
 * @property {Record<string, Rival>} rivals
 *
 * @typedef {object} Data what the page gets once
 * @property {Record<string, Recorded>} sweeps by task; empty if nothing is recorded
 * @property {Record<string, (number | boolean)[]>} values of each hyperparameter
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State the places of the hyperparameters' values, and what was done
 * @property {string} task
 * @property {number} learning_rate
 * @property {number} batch_size
 * @property {number} weight_decay
 * @property {number} width
 * @property {number} augment
 * @property {number} blocks
 * @property {number[]} tried the numbers of the settings, in order
 * @property {number | null} guess in percent
 * @property {boolean} revealed
 */

/** @type {(keyof State)[]} */
export const STATE = ["task", "learning_rate", "batch_size", "weight_decay", "width", "augment", "blocks", "tried", "guess", "revealed"];

/** The state before anything is tried. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start, tried: [], guess: null, revealed: false };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ table, values }) {
  const places = Object.fromEntries(
    Object.entries(values).map(([name, all]) => [name, numberField((at) => Number.isInteger(at) && at >= 0 && at < all.length)]),
  );
  const settings = count(table, values);
  return {
    task: nameField(table.tasks),
    ...places,
    tried: {
      write: (/** @type {number[]} */ tried) => tried.join("."),
      read: (/** @type {string} */ text) => {
        const tried = text === "" ? [] : text.split(".").map(Number);
        const fits = tried.length <= table.budget && tried.every((number) => Number.isInteger(number) && number >= 0 && number < settings);
        return /^[\d.]*$/.test(text) && fits ? tried : undefined;
      },
    },
    guess: optional(numberField((guess) => Number.isInteger(guess) && guess >= table.guess.least && guess <= table.guess.most)),
    revealed: flagField(),
  };
}

/** How many settings there are. @param {any} table @param {Data["values"]} values */
function count({ axes }, values) {
  return axes.reduce((/** @type {number} */ product, /** @type {string} */ name) => product * values[name].length, 1);
}

/** The number of the setting that the state's controls are at. @param {Data} data @param {State} state */
export function settingAt({ table, values }, state) {
  return table.axes.reduce(
    (/** @type {number} */ number, /** @type {keyof State} */ name) => number * values[name].length + Number(state[name]),
    0,
  );
}

/** Where the controls are for a setting. @param {Data} data @param {number} number @returns {Partial<State>} */
export function placesOf({ table, values }, number) {
  /** @type {Record<string, number>} */
  const places = {};
  let left = number;
  for (const name of [...table.axes].reverse()) {
    places[name] = left % values[name].length;
    left = Math.floor(left / values[name].length);
  }
  return places;
}

/** A trial more. @param {Data} data @param {State} state @returns {Partial<State>} */
export function tryIt(data, state) {
  return { tried: [...state.tried, settingAt(data, state)] };
}

/** The place of the best trial; the first of equals. @param {[number, number][]} scores @param {number[]} tried */
export function bestOf(scores, tried) {
  return tried.reduce((best, number, at) => (scores[number][0] > scores[tried[best]][0] ? at : best), 0);
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 */
export function view(data, state) {
  const { table, missing } = data;
  const { words, budget } = table;
  const sweep = data.sweeps[state.task];
  if (!sweep) return { lines: [], levels: [], marks: [], alt: missing, list: [], canTry: false, canReveal: false, hasBest: false, result: missing, stateLine: "" };
  const { scores, rivals } = sweep;
  const { tried, revealed } = state;
  const run = tried.map((number) => scores[number][0]);
  const bests = run.map((_, at) => Math.max(...run.slice(0, at + 1)));
  const again = revealed && tried.length ? scores[tried[bestOf(scores, tried)]][1] : null;
  /** @type {import("../../frontend/kit/chart.js").ChartLine[]} */
  const others = revealed
    ? ["random", "TPE"].map((name, at) => ({
        name: words[name],
        tone: at ? "tpe" : "random",
        kind: "recorded",
        points: rivals[name].best.slice(0, budget).map((score, number) => /** @type {const} */ ([number + 1, score])),
      }))
    : [];
  return {
    lines: [
      ...others,
      /** @type {import("../../frontend/kit/chart.js").ChartLine} */ ({
        name: words.you,
        tone: "target",
        kind: "recorded",
        points: bests.map((score, number) => /** @type {const} */ ([number + 1, score])),
      }),
    ],
    dots: run.map((score, number) => /** @type {const} */ ([number + 1, score])),
    levels: again === null ? [] : [{ tone: "target", share: again }],
    marks: again === null ? [] : [{ name: `${words.again} ${percent(again)}`, tone: "target", share: again }],
    alt: `${fill(words.chart, { count: tried.length })}: ${run.map(percent).join(", ") || words.no_trial}.`,
    list: tried
      .map((number) => ({ score: scores[number][0], words: settingWords(data, number) }))
      .sort((one, other) => other.score - one.score),
    canTry: !revealed && tried.length < budget,
    canReveal: !revealed && tried.length > 0,
    hasBest: tried.length > 0 && !revealed,
    result: again === null ? told(data, run, bests) : verdict(words, state, bests[bests.length - 1], again),
    stateLine: revealed && tried.length ? rivalWords(words, rivals, tried.length) : settingWords(data, settingAt(data, state)),
  };
}

/** @param {Data} data @param {number} number */
function settingWords({ table, values }, number) {
  const places = /** @type {Record<string, number>} */ (placesOf({ sweeps: {}, missing: "", table, values }, number));
  const named = Object.fromEntries(
    Object.entries(places).map(([name, at]) => [name, table.options[name]?.[at] ?? scientific(Number(values[name][at]))]),
  );
  return fill(table.words.setting, named);
}

/** @param {Data} data @param {number[]} run @param {number[]} bests */
function told({ table }, run, bests) {
  const { words, budget } = table;
  if (run.length === 0) return words.start;
  const best = bests[bests.length - 1];
  const before = bests.length > 1 ? bests[bests.length - 2] : -1;
  const more = run[run.length - 1] > before ? words.is_best : fill(words.not_best, { best: percent(best) });
  const said = fill(words.tried, { number: run.length, budget, score: percent(run[run.length - 1]), more });
  return run.length === budget ? `${said} ${words.spent}` : said;
}

/** @param {any} words @param {State} state @param {number} score @param {number} again */
function verdict(words, { guess }, score, again) {
  const points = Math.round(1000 * (score - again)) / 10;
  const luck = points > 0 ? fill(words.lost, { points }) : points < 0 ? fill(words.gained, { points: -points }) : words.same;
  const guessed = guess === null ? "" : fill(words.guessed, { guess });
  return fill(words.result, { score: tenth(score), again: tenth(again), luck, guessed });
}

/** @param {any} words @param {Record<string, Rival>} rivals @param {number} trials */
function rivalWords(words, { random, TPE }, trials) {
  return fill(words.rivals, {
    random: tenth(random.best[trials - 1]),
    random_again: tenth(random.again[trials - 1]),
    tpe: tenth(TPE.best[trials - 1]),
    tpe_again: tenth(TPE.again[trials - 1]),
  });
}

/** A share as "84.3%". @param {number} share */
function tenth(share) {
  return `${(100 * share).toFixed(1)}%`;
}
