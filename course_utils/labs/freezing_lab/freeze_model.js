// What the freeze lab shows, worked out from its state, the recorded runs and the live run. Pure.

import { judgement, points } from "../../frontend/kit/judgement.js";
import { learningWords } from "../../frontend/kit/locks.js";
import { count, fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { flagField, flagsField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";
import { same } from "../../frontend/kit/store.js";

/**
 * @typedef {object} Setting what decides a run
 * @property {readonly boolean[]} locked by block, from the pictures to the heads
 * @property {number} learning_rate
 * @property {number} epochs
 * @property {string} head
 * @property {string} batchnorm
 * @property {number} seed
 *
 * @typedef {object} Looks what the learner has guessed and sees
 * @property {number | null} guess the source's accuracy after the run, in percent
 * @property {boolean} revealed
 * @property {number} step how far the recording is shown
 *
 * @typedef {Setting & Looks} State
 *
 * @typedef {object} Course a run's measurements
 * @property {readonly (readonly [number, number, number])[]} curve step, target, source: shares of validation pictures
 * @property {readonly number[] | null} drift by block, after the last step
 *
 * @typedef {object} RecordedRun
 * @property {boolean[]} locked
 * @property {number} learning_rate
 * @property {number} seed
 * @property {Course["curve"]} curve
 * @property {number[]} drift
 *
 * @typedef {object} LiveRun
 * @property {Setting} setting
 * @property {Course["curve"]} curve
 * @property {readonly number[] | null} drift
 * @property {number} step
 * @property {number} total
 * @property {number | null} loss
 * @property {string} outcome empty while it runs
 *
 * @typedef {object} Data what the page gets once
 * @property {{ name: string, weights: number, norms: number, total: number }[]} blocks how many weights learn if it
 *   is unfrozen, if its BatchNorm trains, and how many it has
 * @property {number[]} rates
 * @property {number} steps_per_epoch
 * @property {{ epochs: number, head: string, batchnorm: string }} recorded what all recorded runs share
 * @property {RecordedRun[]} runs
 * @property {string} missing why there are no recorded runs; empty if there are
 * @property {any} table freeze_lab.json
 *
 * @typedef {{ setting: Setting, run: Course }} Seen
 */

const LAST = 1e6; // a step behind the end of every run

/** @type {(keyof Setting)[]} */
export const SETTING = ["locked", "learning_rate", "epochs", "head", "batchnorm", "seed"];
/** @type {(keyof State)[]} */
export const STATE = [...SETTING, "guess", "revealed", "step"];

/** @param {State} state @returns {Setting} */
export function settingOf({ locked, learning_rate, epochs, head, batchnorm, seed }) {
  return { locked, learning_rate, epochs, head, batchnorm, seed };
}

/** @param {Setting} one @param {Setting} other */
export function sameSetting(one, other) {
  return SETTING.every((name) => same(one[name], other[name]));
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ blocks, rates, table }) {
  const { epochs, seed } = table;
  /** @param {{ least: number, most: number }} bounds */
  const whole = ({ least, most }) => numberField((value) => Number.isInteger(value) && value >= least && value <= most);
  return {
    locked: flagsField(blocks.length),
    learning_rate: numberField((rate) => rates.includes(rate)),
    epochs: whole(epochs),
    head: nameField(Object.keys(table.head)),
    batchnorm: nameField(Object.keys(table.batchnorm)),
    seed: whole(seed),
    guess: optional(whole({ least: 0, most: 100 })),
    revealed: flagField(),
    step: whole({ least: 0, most: LAST }),
  };
}

/**
 * What else changes when a setting changes: a guess was about the run before, and a run shows how it ends.
 * @param {State} before
 * @param {State} now
 * @returns {Partial<State>}
 */
export function follows(before, now) {
  return sameSetting(before, now) ? {} : { guess: null, step: LAST };
}

/**
 * The recorded run of a setting. A run of fewer epochs is the beginning of the recorded one: the rate is constant, and
 * a seed gives the same batches.
 * @param {Data} data
 * @param {Setting} setting
 * @returns {Course | null}
 */
export function recordedRun(data, setting) {
  const { recorded, runs, steps_per_epoch } = data;
  if (setting.epochs > recorded.epochs) return null;
  const found = runs.find((run) => sameSetting({ ...recorded, ...run, epochs: setting.epochs }, setting));
  const curve = found?.curve.filter(([step]) => step <= setting.epochs * steps_per_epoch) ?? [];
  if (!found || curve.length === 0) return null;
  return { curve, drift: setting.epochs === recorded.epochs ? found.drift : null };
}

/** The control of a run: the same, with every block frozen. @param {Data} data @param {Setting} setting */
export function frozenRun(data, setting) {
  const { head, batchnorm } = data.recorded;
  return recordedRun(data, { ...setting, locked: data.blocks.map(() => true), head, batchnorm });
}

/** @param {Course} run @param {number} step */
export function until({ curve }, step) {
  const shown = curve.filter(([at]) => at <= step);
  return shown.length ? shown : curve.slice(0, 1);
}

/**
 * The run to compare with: the newest one of another setting that was seen, with the same seed.
 * @param {readonly Seen[]} seen from the oldest to the newest
 * @param {Setting} setting
 */
export function ghostOf(seen, setting) {
  return seen.findLast((old) => !sameSetting(old.setting, setting) && old.setting.seed === setting.seed) ?? null;
}

/** @param {any} words @param {number} now @param {number} before shares */
function change(words, now, before) {
  const by = Math.round(100 * now) - Math.round(100 * before);
  if (by === 0) return words.stays;
  return fill(by > 0 ? words.gains : words.loses, { points: points(words, Math.abs(by)) });
}

/** A setting in a few words, for the legend. @param {Data} data @param {Setting} setting */
export function shortName({ blocks, table }, { locked, learning_rate, epochs, head, batchnorm }) {
  const names = blocks.map(({ name }) => name);
  const more = [
    epochs === table.start.epochs ? "" : fill(epochs === 1 ? table.words.epoch : table.words.epochs, { count: epochs }),
    head === table.start.head ? "" : `head from ${table.head[head]}`,
    batchnorm === table.start.batchnorm ? "" : "BatchNorm trains",
  ];
  return [`${learningWords(locked, names)} at ${scientific(learning_rate)}`, ...more].filter(Boolean).join(", ");
}

/** @param {Data} data @param {Setting} setting */
export function weights({ blocks }, { locked, batchnorm }) {
  const of = blocks.map((block, number) => {
    const moving = batchnorm === "training" ? block.norms : 0;
    return (locked[number] ? 0 : block.weights) + moving;
  });
  const total = blocks.reduce((sum, block) => sum + block.total, 0);
  return { trainable: of.reduce((sum, one) => sum + one, 0), total };
}

/** @param {Data} data @param {Setting} setting */
export function stateLine(data, setting) {
  const { words } = data.table;
  const { trainable, total } = weights(data, setting);
  const line = fill(words.state, {
    learning: learningWords(setting.locked, data.blocks.map(({ name }) => name)),
    trainable: count(trainable),
    total: count(total),
    share: `${Math.floor((100 * trainable) / total)}%`, // all but BatchNorm's statistics is not all
    epochs: setting.epochs === 1 ? words.epoch : fill(words.epochs, { count: setting.epochs }),
    rate: scientific(setting.learning_rate),
    seed: setting.seed,
  });
  return setting.batchnorm === "training" ? `${line} · ${words.moving}` : line;
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 * @param {{ live: LiveRun | null, seen: readonly Seen[], canRun: boolean }} more
 */
export function view(data, state, { live, seen, canRun }) {
  const { words, close } = data.table;
  const setting = settingOf(state);
  const recorded = recordedRun(data, setting);
  const frozen = frozenRun(data, setting);
  const frozenEnd = frozen?.curve.at(-1) ?? null;
  const mine = live && live.curve.length > 0 && sameSetting(live.setting, setting) ? live : null;
  const curve = recorded ? until(recorded, state.revealed ? state.step : LAST) : [];
  const shown = mine?.curve ?? curve;
  const end = shown.at(-1) ?? null;
  const open = mine !== null || state.revealed;
  const ended = mine ? mine.outcome !== "" : curve.length === recorded?.curve.length;
  const elsewhere = live && live.curve.length > 0 && !mine ? [{ setting: live.setting, run: live }] : [];
  const ghost = open ? ghostOf([...seen, ...elsewhere], setting) : null;

  /** @type {import("../../frontend/kit/chart.js").ChartLine[]} */
  const lines = [
    ...(ghost ? pair(ghost.run.curve, "ghost") : []),
    ...pair(curve, "recorded").filter(({ tone }) => tone === "target" || state.revealed),
    ...(mine ? pair(mine.curve, "live") : []),
  ];
  const guess = open && ended && end !== null ? state.guess : null;
  return {
    lines,
    levels: frozenEnd ? [{ tone: "target", share: frozenEnd[1] }, { tone: "source", share: frozenEnd[2] }] : [],
    marks: open && state.guess !== null ? [{ name: fill(words.guess_mark, { guess: state.guess }), tone: "source", share: state.guess / 100 }] : [],
    gap: guess !== null && end ? { from: guess / 100, to: end[2], text: judgement(words, close, guess, end[2]) } : null,
    xEnd: state.epochs * data.steps_per_epoch,
    target: { share: end?.[1] ?? null, compared: frozenEnd?.[1] ?? null },
    source: { share: open ? (end?.[2] ?? null) : null, compared: frozenEnd?.[2] ?? null },
    ghost: ghost && shortName(data, ghost.setting),
    live: mine !== null,
    drift: mine ? mine.drift : open && ended ? (recorded?.drift ?? null) : null,
    places: state.revealed && recorded && !mine ? recorded.curve.map(([step]) => step) : [],
    at: Math.max(curve.length - 1, 0),
    guessOpen: !open && recorded !== null,
    canReveal: !open && recorded !== null,
    canHide: state.revealed && recorded !== null,
    seen: open && end ? { setting, run: mine ?? /** @type {Course} */ (recorded) } : null,
    result: result(data, state, { end, frozenEnd, open, judged: guess !== null, canRun }),
    stateLine: stateLine(data, setting),
  };
}

/** @param {Course["curve"]} curve @param {"recorded" | "live" | "ghost"} kind */
function pair(curve, kind) {
  return /** @type {const} */ (["target", "source"]).map((tone, task) => ({
    name: tone,
    tone,
    kind,
    points: curve.map((point) => /** @type {[number, number]} */ ([point[0], point[task + 1]])),
  }));
}

/**
 * One sentence.
 * @param {Data} data
 * @param {State} state
 * @param {object} found
 * @param {readonly [number, number, number] | null} found.end
 * @param {readonly [number, number, number] | null} found.frozenEnd
 * @param {boolean} found.open
 * @param {boolean} found.judged
 * @param {boolean} found.canRun
 */
function result({ table, missing }, { guess }, { end, frozenEnd, open, judged, canRun }) {
  const { words, close } = table;
  if (end === null) return missing || (canRun ? words.unrecorded : words.unrecorded_page);
  if (!open) {
    return guess === null
      ? fill(words.before_guess, { target: percent(end[1]) })
      : fill(words.before_reveal, { guess });
  }
  if (judged && guess !== null) {
    return fill(words.judged, { source: percent(end[2]), guess, judgement: judgement(words, close, guess, end[2]) });
  }
  if (frozenEnd === null) return "";
  return fill(words.compared, {
    target_change: change(words, end[1], frozenEnd[1]),
    source_change: change(words, end[2], frozenEnd[2]),
  });
}
