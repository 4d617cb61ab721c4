// The state of the layer microscope, and what the page knows of the network. Pure.

import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Subject what lies under the microscope
 * @property {number} picture in the gallery
 * @property {string} block
 * @property {number} channel
 *
 * @typedef {object} Looks what the learner has guessed and sees
 * @property {number | null} guess the unit where the flag stands, counted row by row
 * @property {boolean} revealed
 * @property {number} seed of the drawing
 * @property {number} step how far the drawing is shown
 *
 * @typedef {Subject & Looks} State
 *
 * @typedef {object} Block
 * @property {string} name
 * @property {number} width how many channels it has
 * @property {number[]} channels that can be chosen, those that stand out most first
 * @property {import("../../frontend/kit/units.js").Size} size rows and columns of its maps
 * @property {import("../../frontend/kit/units.js").Field} field what a unit sees
 * @property {number} scale where the scale of its maps ends
 * @property {number[]} opens by picture, the channel to open on
 *
 * @typedef {object} Data what the page gets at once
 * @property {string} network
 * @property {number} side of the pictures, in pixels
 * @property {string[]} pictures of the gallery, as addresses
 * @property {Block[]} blocks
 * @property {Subject} start
 * @property {any} table microscope.json
 * @property {Record<string, { peaks: number[], levels: string }>} [maps] on a web page: by "picture/block"
 * @property {Record<string, string>} [favourites] on a web page: by "block/sheet"
 * @property {Record<string, string>} [drawings] on a web page: by "block/channel/seed", the frames side by side
 */

export const LAST = 1e6; // a step behind the end of every drawing

/** @type {(keyof State)[]} */
export const STATE = ["picture", "block", "channel", "guess", "revealed", "seed", "step"];

/** @param {Data} data @param {string} name @returns {Block} */
export function blockOf({ blocks }, name) {
  return blocks.find((block) => block.name === name) ?? blocks[0];
}

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ start, table }) {
  return { ...start, guess: null, revealed: false, seed: table.seed.least, step: LAST };
}

/** The fields of a state as they stand in a link, with the name of the network that it belongs to. @param {Data} data */
export function fields({ network, pictures, blocks, table }) {
  /** @param {number} least @param {number} most */
  const whole = (least, most) => numberField((value) => Number.isInteger(value) && value >= least && value <= most);
  return {
    network: nameField([network]),
    picture: whole(0, pictures.length - 1),
    block: nameField(blocks.map(({ name }) => name)),
    channel: numberField((channel) => blocks.some(({ channels }) => channels.includes(channel))),
    guess: optional(whole(0, Math.max(...blocks.map(({ size }) => size[0] * size[1])) - 1)),
    revealed: flagField(),
    seed: whole(table.seed.least, table.seed.most),
    step: whole(0, LAST),
  };
}

/**
 * What else changes with a change: a block has channels of its own, and a guess was about one channel and picture.
 * @param {Data} data
 * @param {State} before
 * @param {State} now
 * @returns {Partial<State>}
 */
export function follows(data, before, now) {
  const block = blockOf(data, now.block);
  const moved = now.block !== before.block && now.channel === before.channel;
  const channel = moved || !block.channels.includes(now.channel) ? block.opens[now.picture] : now.channel;
  const same = now.picture === before.picture && now.block === before.block && channel === before.channel;
  return {
    ...(channel === now.channel ? {} : { channel }),
    ...(same ? {} : { guess: null }),
    ...(same && now.seed === before.seed ? {} : { step: LAST }),
  };
}

/** A state as this network can show it: a guess lies within its block's map. @param {Data} data @param {State} state @returns {State} */
export function fitted(data, state) {
  const { size } = blockOf(data, state.block);
  const fits = state.guess === null || state.guess < size[0] * size[1];
  return { ...state, ...follows(data, state, state), ...(fits ? {} : { guess: null }) };
}
