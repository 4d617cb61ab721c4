// How far off a guess was, in words. Pure.

import { fill } from "./numbers.js";

/**
 * @typedef {object} Words the sentences of a lab's table
 * @property {string} point "1 point"
 * @property {string} points with `{count}`
 * @property {string} saw_it
 * @property {string} too_high with `{points}`
 * @property {string} too_low with `{points}`
 */

/** @param {Pick<Words, "point" | "points">} words @param {number} count */
export function points(words, count) {
  return count === 1 ? words.point : fill(words.points, { count });
}

/**
 * @param {Words} words
 * @param {number} close how many points count as right
 * @param {number} guess in percent
 * @param {number} share what it was, 0..1
 */
export function judgement(words, close, guess, share) {
  const gap = guess - Math.round(100 * share);
  if (Math.abs(gap) <= close) return words.saw_it;
  return fill(gap > 0 ? words.too_high : words.too_low, { points: points(words, Math.abs(gap)) });
}
