// What the front shows, worked out from its state and the recorded settings. Pure.

import { fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { nameField, numberField, flagField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {"source" | "target"} Task
 * @typedef {"work" | "megabytes" | "pictures"} Currency
 *
 * @typedef {object} Measured one setting of one method
 * @property {string} key
 * @property {string} method
 * @property {number} strength 0 if the method has none
 * @property {number} learning_rate
 * @property {readonly [number, number, number]} source mean, lowest and highest validation accuracy over the seeds
 * @property {readonly [number, number, number]} target
 * @property {number} work multiplications for a new picture; plain is 1
 * @property {number} megabytes to keep beside the network
 * @property {number} pictures old ones to keep
 * @property {string} code that runs it for real
 *
 * @typedef {object} Data what the page gets once
 * @property {Measured[]} settings
 * @property {number} seeds
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {string} setting the key of the one that is chosen
 * @property {string} flagged the key of the one that the guess is about
 * @property {readonly [number, number] | null} guess source and target, in percent
 * @property {boolean} revealed
 * @property {number} source demanded, in percent
 * @property {number} target demanded, in percent
 * @property {Currency} by what the cheapest is cheapest in
 */

const BASELINE = "plain";
/** @type {(keyof State)[]} */
export const STATE = ["setting", "flagged", "guess", "revealed", "source", "target", "by"];
/** @type {readonly Task[]} */
const TASKS = ["source", "target"];

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start, flagged: table.start.setting, guess: null, revealed: false };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ settings, table }) {
  const keys = settings.map(({ key }) => key);
  const share = numberField((value) => Number.isInteger(value) && value >= 0 && value <= 100);
  return {
    setting: nameField(keys),
    flagged: nameField(keys),
    guess: optional({
      write: (pair) => pair.join("x"),
      read(text) {
        const pair = text.split("x").map(share.read);
        return pair.length !== 2 || pair.includes(undefined) ? undefined : pair;
      },
    }),
    revealed: flagField(),
    source: share,
    target: share,
    by: nameField(Object.keys(table.by)),
  };
}

/** What else changes: until the reveal, the flag is about the chosen setting. @param {State} now @returns {Partial<State>} */
export function follows({ revealed, setting }) {
  return revealed ? {} : { flagged: setting };
}

/** @param {Data} data @param {string} key */
export function measured({ settings }, key) {
  return settings.find((at) => at.key === key) ?? null;
}

/** The stops of a method's sliders, in rising order. @param {Data} data @param {string} method @param {"strength" | "learning_rate"} dial */
export function stops({ settings }, method, dial) {
  const values = settings.filter((at) => at.method === method).map((at) => at[dial]);
  return [...new Set(values)].sort((one, other) => one - other);
}

/**
 * The setting of a method that is nearest in its rate and its strength, by their ratios.
 * @param {Data} data
 * @param {string} method
 * @param {{ strength: number, learning_rate: number }} wanted
 */
export function nearestSetting({ settings }, method, wanted) {
  /** @param {number} one @param {number} other */
  const apart = (one, other) => (one > 0 && other > 0 ? Math.abs(Math.log(one / other)) : 0);
  /** @param {Measured} at */
  const far = (at) => 10 * apart(at.learning_rate, wanted.learning_rate) + apart(at.strength, wanted.strength);
  const own = settings.filter((at) => at.method === method);
  return own.length ? own.reduce((best, at) => (far(at) < far(best) ? at : best)) : null;
}

/** A strength as it is written. @param {string} method @param {number} strength */
export function strengthText(method, strength) {
  return method === "rehearsal" || method === "wise-ft" ? percent(strength) : String(strength);
}

/** @param {any} table @param {string} method */
export function methodName({ names }, method) {
  return names[method] ?? method;
}

/** @param {any} table @param {Measured} at */
export function settingName(table, { method, strength, learning_rate }) {
  const { words } = table;
  const values = { method: methodName(table, method), rate: scientific(learning_rate), strength: strengthText(method, strength) };
  return fill(strength ? words.name_strength : words.name, values);
}

/** A mean as the page prints it, in tenths of a percent, so that what meets a demand is what the reader sees. @param {Measured} at @param {Task} task */
function inPercent(at, task) {
  return Math.round(1000 * at[task][0]) / 10;
}

/** @param {Measured} at @param {Task} task */
function percentOf(at, task) {
  return `${inPercent(at, task).toFixed(1)}%`;
}

/** The settings whose means meet both demands. @param {Data} data @param {State} state */
export function meeting({ settings }, state) {
  return settings.filter((at) => TASKS.every((task) => inPercent(at, task) >= state[task]));
}

/** The cheapest of them; of equally cheap ones, the one with the larger sum of accuracies. @param {Data} data @param {State} state */
export function cheapest(data, state) {
  /** @param {Measured} at */
  const sum = (at) => at.source[0] + at.target[0];
  /** @param {Measured} one @param {Measured} other */
  const order = (one, other) => one[state.by] - other[state.by] || sum(other) - sum(one);
  return meeting(data, state).sort(order)[0] ?? null;
}

/**
 * @typedef {object} FrontPoint
 * @property {"plain" | "own" | "other"} kind
 * @property {Measured} at
 * @property {boolean} chosen
 * @property {boolean} both whether it meets both demands
 */

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 */
export function view(data, state) {
  const { words } = data.table;
  const chosen = measured(data, state.setting);
  const good = meeting(data, state);
  /** @type {FrontPoint[]} */
  const points = data.settings
    .filter(({ method }) => state.revealed || method === BASELINE)
    .map((at) => ({
      kind: at.method === BASELINE ? "plain" : at.method === chosen?.method ? "own" : "other",
      at,
      chosen: at === chosen,
      both: state.revealed && good.includes(at),
    }));
  const told = points.filter(({ kind, chosen: is }) => kind === "plain" || is).map(({ at }) => pointWords(data.table, at));
  return {
    chosen,
    points,
    alt: fill(words.chart, { seeds: data.seeds, points: told.join("; ") }),
    asks: !state.revealed && chosen !== null && chosen.method !== BASELINE,
    canReveal: !state.revealed && data.settings.length > 0,
    cheapest: state.revealed ? cheapest(data, state) : null,
    result: result(data, state, chosen),
    demands: state.revealed && chosen ? demanded(data, state, chosen, good) : "",
    stateLine: chosen ? `${settingName(data.table, chosen)} · ${costLine(words, chosen)}` : "",
  };
}

/** @param {any} table @param {Measured} at */
function pointWords(table, at) {
  return fill(table.words.point, { name: settingName(table, at), source: percentOf(at, "source"), target: percentOf(at, "target") });
}

/** @param {any} words @param {Measured} at */
function costLine(words, { work, megabytes, pictures }) {
  return fill(words.costs, { times: work.toFixed(2), megabytes: megabytes.toFixed(2), pictures });
}

/** @param {Data} data @param {State} state @param {Measured | null} at */
function result(data, state, at) {
  const { words } = data.table;
  if (!at) return data.missing;
  const values = {
    name: settingName(data.table, at),
    rate: scientific(at.learning_rate),
    source: percentOf(at, "source"),
    target: percentOf(at, "target"),
  };
  if (!state.revealed) {
    if (at.method === BASELINE) return fill(words.before_plain, values);
    if (!state.guess) return fill(words.before_guess, values);
    return fill(words.before_reveal, { name: values.name, source: `${state.guess[0]}%`, target: `${state.guess[1]}%` });
  }
  if (state.guess && state.setting === state.flagged && at.method !== BASELINE) {
    const [source_off, target_off] = TASKS.map((task, number) => off(words, /** @type {any} */ (state.guess)[number], at[task]));
    return fill(words.verdict, { ...values, source_off, target_off });
  }
  return fill(words.opened, { ...values, beside: besidePlain(data, at) });
}

/** How far off a guess was: within the seeds, or so far from their mean. @param {any} words @param {number} guess @param {readonly [number, number, number]} seen */
function off(words, guess, [mean, low, high]) {
  if (guess >= Math.round(100 * low) && guess <= Math.round(100 * high)) return words.saw_it;
  const gap = guess - Math.round(100 * mean);
  return fill(gap > 0 ? words.too_high : words.too_low, { points: points(words, Math.abs(gap)) });
}

/** @param {any} words @param {number} count */
function points(words, count) {
  return count === 1 ? words.point_one : fill(words.points, { count });
}

/** Whether some rate of plain fine-tuning is as good on both tasks. @param {Data} data @param {Measured} at */
function besidePlain({ settings, table }, at) {
  if (at.method === BASELINE) return table.words.is_plain;
  const plain = settings.find(
    ({ method, source, target }) => method === BASELINE && source[0] >= at.source[0] && target[0] >= at.target[0],
  );
  return plain ? fill(table.words.as_plain, { rate: scientific(plain.learning_rate) }) : table.words.beyond_plain;
}

/** Whether the chosen setting meets the demands, and at the least cost. @param {Data} data @param {State} state @param {Measured} at @param {Measured[]} good */
function demanded(data, state, at, good) {
  const { words } = data.table;
  if (good.length === 0) return fill(words.none, { source: `${state.source}%`, target: `${state.target}%` });
  const name = settingName(data.table, at);
  if (!good.includes(at)) {
    const which = TASKS.filter((task) => inPercent(at, task) < state[task])
      .map((task) => fill(words.misses_one, { task, points: points(words, Math.round(10 * (state[task] - inPercent(at, task))) / 10) }))
      .join(words.and);
    return fill(words.misses, { name, which, count: good.length, all: data.settings.length });
  }
  const cost = fill(words[`cost_${state.by}`], { times: at.work.toFixed(2), megabytes: at.megabytes.toFixed(2), pictures: at.pictures });
  const cheaper = good.filter((other) => other[state.by] < at[state.by]).length;
  return fill(cheaper ? words.dearer : words.cheapest, { name, cost, cheaper, count: good.length });
}
