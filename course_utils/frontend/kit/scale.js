// Where values lie on a line, and which value lies at a place. Pure.

import { clamp } from "./numbers.js";

/**
 * @typedef {object} Scale
 * @property {(value: number) => number} place where a value lies, 0..1
 * @property {(place: number) => number} value which value lies at a place
 */

/** Even steps add. @param {number} least @param {number} most @returns {Scale} */
export function linear(least, most) {
  const length = most - least || 1;
  return {
    place: (value) => clamp((value - least) / length, 0, 1),
    value: (place) => least + clamp(place, 0, 1) * length,
  };
}

/** Even steps multiply. @param {number} least above 0 @param {number} most @returns {Scale} */
export function logarithmic(least, most) {
  const { place, value } = linear(Math.log(least), Math.log(most));
  return { place: (at) => place(Math.log(at)), value: (at) => Math.exp(value(at)) };
}

/**
 * The number of the stop that is nearest to a place; of two equally near ones, the first.
 * @param {readonly number[]} stops values, in rising order
 * @param {Scale} scale
 * @param {number} place 0..1
 */
export function nearest(stops, scale, place) {
  let best = 0;
  stops.forEach((stop, number) => {
    if (Math.abs(scale.place(stop) - place) < Math.abs(scale.place(stops[best]) - place) - 1e-12) best = number;
  });
  return best;
}

/**
 * The values that have room for a label: those at least so far behind the last that has one.
 * @param {readonly number[]} values in rising order
 * @param {(value: number) => number} place
 * @param {number} apart in units of the place
 */
export function spaced(values, place, apart) {
  let last = -Infinity;
  return values.filter((value) => {
    const far = place(value) - last >= apart;
    if (far) last = place(value);
    return far;
  });
}

/**
 * Round numbers from 0 to the end: multiples of 1, 2 or 5 times a power of ten.
 * @param {number} end above 0
 * @param {number} most how many intervals there may be
 */
export function ticks(end, most) {
  const power = 10 ** Math.floor(Math.log10(end / most));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size * most >= end * (1 - 1e-9)) ?? end;
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, number) => number * step);
}
