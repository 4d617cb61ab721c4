// The state of the map of depth and rate, and what the page knows of its cells. Pure.

import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";
import { same } from "../../frontend/kit/store.js";

/**
 * @typedef {readonly [number, number]} Cell blocks unfrozen, learning rate
 * @typedef {"target" | "source"} Task
 *
 * @typedef {object} Setting what decides a run
 * @property {number} blocks how many are unfrozen, counted from the heads
 * @property {number} learning_rate
 * @property {number} seed
 *
 * @typedef {object} Looks what the learner has guessed and sees
 * @property {Task} task whose accuracy the map shows
 * @property {Cell | null} guess the cell with the flag
 * @property {boolean} revealed
 * @property {number} step how far the open run is shown
 *
 * @typedef {Setting & Looks} State
 *
 * @typedef {readonly (readonly [number, number, number])[]} Curve step, target, source: shares of validation pictures
 *
 * @typedef {object} MapCell
 * @property {number} blocks
 * @property {number} learning_rate
 * @property {readonly [number, number, number]} target mean, lowest and highest over the seeds
 * @property {readonly [number, number, number]} source
 * @property {number} test the target's mean on test pictures
 *
 * @typedef {Setting & { curve: Curve }} RecordedRun
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
 * @property {string[]} blocks their names, from the pictures to the heads
 * @property {number[]} rates in rising order
 * @property {number} steps of a run
 * @property {number} batch pictures in a step
 * @property {number} pictures that the target is validated on
 * @property {MapCell[]} cells
 * @property {Cell | null} best
 * @property {Cell[]} ties as good as the best, within the noise
 * @property {number} noise how far that reaches, as a share
 * @property {RecordedRun[]} runs
 * @property {string} missing why there are no recorded runs; empty if there are
 * @property {any} table depth_rate_map.json
 */

/** @type {(keyof Setting)[]} */
const SETTING = ["blocks", "learning_rate", "seed"];
/** @type {(keyof State)[]} */
export const STATE = [...SETTING, "task", "guess", "revealed", "step"];

/** @param {Setting} one @param {Setting} other */
export const sameSetting = (one, other) => SETTING.every((name) => same(one[name], other[name]));
/** @param {{ blocks: number, learning_rate: number }} at @returns {Cell} */
export const cellOf = ({ blocks, learning_rate }) => [blocks, learning_rate];

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ blocks, rates, steps, table }) {
  /** @param {number} least @param {number} most */
  const whole = (least, most) => numberField((value) => Number.isInteger(value) && value >= least && value <= most);
  const [depth, rate] = [whole(0, blocks.length), numberField((value) => rates.includes(value))];
  return {
    blocks: depth,
    learning_rate: rate,
    seed: whole(table.seed.least, table.seed.most),
    task: nameField(Object.keys(table.tasks)),
    guess: optional({
      write: (cell) => cell.join("x"),
      read(text) {
        const parts = text.split("x");
        const cell = [depth.read(parts[0]), rate.read(parts[1] ?? "")];
        return parts.length > 2 || cell.includes(undefined) ? undefined : cell;
      },
    }),
    revealed: flagField(),
    step: whole(0, steps),
  };
}

/**
 * What else changes when another run is opened: it is shown to its end.
 * @param {Data} data
 * @param {State} before
 * @param {State} now
 * @returns {Partial<State>}
 */
export function follows(data, before, now) {
  return sameSetting(before, now) ? {} : { step: data.steps };
}

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table, steps }) {
  return { ...table.start, guess: null, revealed: false, step: steps };
}

/** @param {Data} data @param {Cell | null} cell */
export function measured({ cells }, cell) {
  return cells.find((at) => same(cellOf(at), cell)) ?? null;
}

/** The numbers of unfrozen blocks, the most first. @param {Data} data */
export function depths({ blocks }) {
  return Array.from({ length: blocks.length + 1 }, (_, number) => blocks.length - number);
}
