// Where the units of a feature map lie, and what each of them sees of the picture. Pure.

import { clamp } from "./numbers.js";

/**
 * @typedef {readonly [number, number]} Size rows and columns
 *
 * @typedef {object} Field a square of pixels, along one axis
 * @property {number} size its side
 * @property {number} stride how far it moves from one unit to the next
 * @property {number} start the first pixel of the first unit's; below 0 where it reaches over the edge
 *
 * @typedef {{ left: number, top: number, width: number, height: number }} Box shares of the picture
 */

/** The unit at a place, counted row by row. @param {Size} size @param {number} x share of the width @param {number} y */
export function unitAt([rows, columns], x, y) {
  const [row, column] = [clamp(Math.floor(rows * y), 0, rows - 1), clamp(Math.floor(columns * x), 0, columns - 1)];
  return row * columns + column;
}

/** @param {Size} size @param {number} unit @returns {[number, number]} row and column */
export function placeOf([, columns], unit) {
  return [Math.floor(unit / columns), unit % columns];
}

/** The part of a square that belongs to a unit. @param {Size} size @param {number} unit @returns {Box} */
export function cellBox(size, unit) {
  const [row, column] = placeOf(size, unit);
  return { left: column / size[1], top: row / size[0], width: 1 / size[1], height: 1 / size[0] };
}

/**
 * The pixels that a unit sees, as far as they lie in the picture.
 * @param {Field} field
 * @param {number} side of the picture, in pixels
 * @param {number} unit along one axis
 * @returns {[number, number]} the first pixel and the one after the last
 */
export function seen({ size, stride, start }, side, unit) {
  const first = start + unit * stride;
  return [clamp(first, 0, side), clamp(first + size, 0, side)];
}

/** What a unit sees, as a part of the picture. @param {Field} field @param {number} side @param {Size} size @param {number} unit @returns {Box} */
export function fieldBox(field, side, size, unit) {
  const [row, column] = placeOf(size, unit);
  const [[top, bottom], [left, right]] = [seen(field, side, row), seen(field, side, column)];
  return { left: left / side, top: top / side, width: (right - left) / side, height: (bottom - top) / side };
}

/** The unit that responds most; null if none does. @param {Uint8Array} levels */
export function strongest(levels) {
  let best = 0;
  levels.forEach((level, unit) => {
    if (level > levels[best]) best = unit;
  });
  return levels[best] > 0 ? best : null;
}
