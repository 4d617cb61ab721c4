// The geometry of a chart: paths, places, labels that don't overlap. Pure.

import { clamp } from "./numbers.js";
import { linear, logarithmic } from "./scale.js";

/**
 * @typedef {object} Frame where the plot lies, in pixels
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {number} xEnd the value at the right edge, above 0; the top is 1 and the bottom 0
 * @property {number} [xStart] the value at the left edge of a logarithmic axis, above 0; without it the axis is linear
 */

/** @param {Frame} frame */
function across({ xStart, xEnd }) {
  return xStart === undefined ? linear(0, xEnd) : logarithmic(xStart, xEnd);
}

/** @param {Frame} frame @param {number} x */
export function toX(frame, x) {
  return frame.left + across(frame).place(x) * (frame.right - frame.left);
}

/** The value at a place, within the axis. @param {Frame} frame @param {number} place in pixels */
export function fromX(frame, place) {
  return across(frame).value((place - frame.left) / (frame.right - frame.left));
}

/** @param {Frame} frame @param {number} share 0..1 */
export function toY({ top, bottom }, share) {
  return bottom - clamp(share, 0, 1) * (bottom - top);
}

/** The share at a height, 0..1. @param {Frame} frame @param {number} y */
export function toShare({ top, bottom }, y) {
  return clamp((bottom - y) / (bottom - top), 0, 1);
}

/**
 * A path through the points; empty without any.
 * @param {Frame} frame
 * @param {readonly (readonly [number, number])[]} points
 */
export function path(frame, points) {
  return points.map(([x, y], at) => `${at ? "L" : "M"}${toX(frame, x).toFixed(1)} ${toY(frame, y).toFixed(1)}`).join("");
}

/**
 * The outline of a band.
 * @param {Frame} frame
 * @param {readonly (readonly [number, number, number])[]} band x, lowest, highest
 */
export function outline(frame, band) {
  if (band.length === 0) return "";
  const up = band.map(([x, low]) => /** @type {const} */ ([x, low]));
  const down = band.map(([x, , high]) => /** @type {const} */ ([x, high])).reverse();
  return `${path(frame, [...up, ...down])}Z`;
}

/**
 * All places at which one of the lines was measured, in order.
 * @param {readonly { points: readonly (readonly [number, number])[] }[]} lines
 */
export function places(lines) {
  return [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((one, other) => one - other);
}

/** The nearest of some numbers in rising order; 0 if there is none. @param {readonly number[]} xs @param {number} x */
export function nearestPlace(xs, x) {
  let best = 0;
  xs.forEach((place, number) => {
    if (Math.abs(place - x) < Math.abs(xs[best] - x)) best = number;
  });
  return best;
}

/**
 * Heights for labels, as near as possible to where they want to be, and at least `apart` from each other.
 * @param {readonly number[]} wanted
 * @param {number} apart
 * @param {number} least
 * @param {number} most
 */
export function spread(wanted, apart, least, most) {
  const order = wanted.map((_, number) => number).sort((one, other) => wanted[one] - wanted[other]);
  const placed = [...wanted];
  let next = least;
  for (const number of order) {
    placed[number] = Math.max(wanted[number], next);
    next = placed[number] + apart;
  }
  let limit = most;
  for (const number of order.reverse()) {
    placed[number] = Math.min(placed[number], limit);
    limit = placed[number] - apart;
  }
  return placed;
}
