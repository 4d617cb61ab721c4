// The state of the forgetting thermometer, and what the page knows of its runs. Pure.

import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";
import { same } from "../../frontend/kit/store.js";

/**
 * @typedef {object} Setting what decides a run
 * @property {string} method
 * @property {number} value of the method's dial
 * @property {number} seed
 *
 * @typedef {object} Looks what the learner has guessed and sees
 * @property {number | null} guess where to stop, in optimizer steps; for averages, in percent of the way
 * @property {boolean} revealed
 * @property {number} step how far the run is shown; 0 is before it
 *
 * @typedef {Setting & Looks} State
 *
 * @typedef {readonly [number, number, number]} Moment place, target, source: shares of validation pictures
 * @typedef {readonly Moment[]} Curve
 *
 * @typedef {object} LiveRun
 * @property {Setting} setting
 * @property {Curve} curve
 * @property {number} step
 * @property {number} total
 * @property {number | null} loss
 * @property {string} outcome empty while it runs
 *
 * @typedef {object} Data what the page gets once
 * @property {Record<string, number[]>} dials the values of each method
 * @property {Record<string, number[]>} ends the last place of a run, for each value of a dial
 * @property {string} averaging the method that trains nothing
 * @property {(Setting & { curve: Curve })[]} runs
 * @property {number | null} before the source accuracy before any run
 * @property {number | null} intact the source accuracy that counts as all of it
 * @property {number | null} alarm the source accuracy below which a run is in the red
 * @property {Setting} start
 * @property {string} missing why there are no recorded runs; empty if there are
 * @property {any} table thermometer.json
 */

const LAST = 1e6; // a step behind the end of every run

/** @type {(keyof Setting)[]} */
const SETTING = ["method", "value", "seed"];
/** @type {(keyof State)[]} */
export const STATE = [...SETTING, "guess", "revealed", "step"];

/** @param {Setting} setting @returns {Setting} without anything else that it may have */
export function settingOf({ method, value, seed }) {
  return { method, value, seed };
}

/** @param {Setting} one @param {Setting} other */
export function sameSetting(one, other) {
  return SETTING.every((name) => same(one[name], other[name]));
}

/** The first state. @param {Data} data @returns {State} */
export function startOf({ start }) {
  return { ...settingOf(start), guess: null, revealed: false, step: 0 };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ dials, table }) {
  /** @param {number} most */
  const whole = (most) => numberField((value) => Number.isInteger(value) && value >= 0 && value <= most);
  const values = Object.values(dials).flat();
  return {
    method: nameField(Object.keys(dials)),
    value: numberField((value) => values.includes(value)),
    seed: whole(table.seed.most),
    guess: optional(whole(LAST)),
    revealed: flagField(),
    step: whole(LAST),
  };
}

/**
 * A state that the lab has: a dial has its method's values, and a run its own places.
 * @param {Data} data
 * @param {State} state
 * @returns {State}
 */
export function settled(data, state) {
  const { dials, table } = data;
  const value = dials[state.method].includes(state.value) ? state.value : table.methods[state.method].start;
  const most = end(data, { ...state, value });
  const guess = state.guess === null ? null : Math.min(state.guess, most);
  return { ...state, value, guess, step: Math.min(state.step, most) };
}

/**
 * What else changes when a setting changes: a guess was about the run before, and another run is another round.
 * @param {State} before
 * @param {State} now
 * @returns {Partial<State>}
 */
export function follows(before, now) {
  return sameSetting(before, now) ? {} : { guess: null, revealed: false, step: 0 };
}

/**
 * The last place of a run. A method that Python changes comes before its value: until then the dial is at its lowest.
 * @param {Data} data
 * @param {Setting} setting
 */
export function end({ dials, ends }, { method, value }) {
  return ends[method][Math.max(dials[method].indexOf(value), 0)];
}

/** The recorded run of a setting. @param {Data} data @param {Setting} setting @returns {Curve | null} */
export function recordedRun({ runs }, setting) {
  return runs.find((run) => sameSetting(run, setting))?.curve ?? null;
}

/** The sentences about the places of a method's runs: steps, or averages. @param {Data} data @param {string} method */
export function placeWords({ averaging, table }, method) {
  return method === averaging ? table.averaging : table.training;
}
