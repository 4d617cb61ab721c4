// What the lab on one's own voice says, worked out from the takes and from what was heard. Pure.

import { fill, percent } from "../../frontend/kit/numbers.js";

/**
 * @typedef {{ name: string, wave: string }} Take the wave as base64 of 8-bit samples; empty if the file is no sound
 * @typedef {{ word: string, takes: Take[] }} Word
 * @typedef {{ rounds: Record<string, [number, number]>, seconds: number }} Taught by method: right, and how many
 * @typedef {Record<string, [string, number][]>} Told by method: all words with their shares, the likeliest first
 * @typedef {{ who: "me" | "other", word: string, told: Told }} Trial what was heard, and which word it was
 */

/** @param {any} words of the table @param {readonly Word[]} takes */
export function countOf(words, takes) {
  const count = takes.reduce((sum, { takes: own }) => sum + own.length, 0);
  return count === 1 ? words.one_take : fill(words.takes, { count });
}

/** Whether every word has the takes that a probe needs. @param {readonly Word[]} takes */
export function enough(takes) {
  return takes.length > 0 && takes.every(({ takes: own }) => own.length > 1);
}

/**
 * What to do next, in a sentence.
 * @param {any} words of the table
 * @param {readonly Word[]} takes
 * @param {Taught | null} taught
 * @param {boolean} stale whether takes changed since
 */
export function advice(words, takes, taught, stale) {
  if (takes.every(({ takes: own }) => own.length === 0)) return words.begin;
  const told = { takes: countOf(words, takes) };
  if (!enough(takes)) return fill(words.more, told);
  if (!taught) return fill(words.enough, told);
  if (stale) return fill(words.new_takes, told);
  const rounds = Object.entries(taught.rounds).map(([method, [right, count]]) => fill(words.round_share, { method, right, count }));
  return fill(words.taught, { seconds: taught.seconds.toFixed(1), rounds: rounds.join(", ") });
}

/**
 * Which button leads on.
 * @param {readonly Word[]} takes
 * @param {Taught | null} taught
 * @param {boolean} stale
 * @returns {"round" | "teach" | "listen"}
 */
export function leadsOn(takes, taught, stale) {
  if (!enough(takes)) return "round";
  return taught && !stale ? "listen" : "teach";
}

/** What was guessed, in a sentence. @param {any} words of the table @param {Told} told */
export function guessed(words, told) {
  const guesses = Object.entries(told).map(([method, [[word, share]]]) => fill(words.heard_guess, { word, method, percent: percent(share) }));
  return fill(words.heard, { guesses: guesses.join(", ") });
}

/**
 * How often each method was right, for each kind of speaker who tried.
 * @param {any} words of the table
 * @param {readonly Trial[]} trials
 */
export function tallies(words, trials) {
  return /** @type {const} */ (["me", "other"])
    .map((who) => ({ who, own: trials.filter((trial) => trial.who === who) }))
    .filter(({ own }) => own.length > 0)
    .map(({ who, own }) => {
      const shares = Object.keys(own[0].told).map((method) => {
        const right = own.filter(({ word, told }) => told[method]?.[0][0] === word).length;
        return fill(words.tally_share, { method, right, count: own.length });
      });
      const speaker = words[who][0].toUpperCase() + words[who].slice(1);
      return fill(words.tally, { speaker, shares: shares.join(", ") });
    });
}

/**
 * The outline of a wave in a box of 100 by 40: the highest sample of each of 50 pieces, above and below the middle.
 * @param {ArrayLike<number>} samples
 * @param {number} peak what reaches the edge
 * @param {number} [length] how many samples the box is wide: more than there are while a recording goes on
 */
export function outline(samples, peak, length = samples.length) {
  const pieces = 50;
  const tops = Array.from({ length: pieces }, (_, piece) => {
    const from = Math.floor((piece * length) / pieces);
    const to = Math.max(from + 1, Math.floor(((piece + 1) * length) / pieces));
    let top = 0;
    for (let at = from; at < to && at < samples.length; at += 1) top = Math.max(top, Math.abs(samples[at]));
    return Math.min(1, top / peak);
  });
  const x = (/** @type {number} */ piece) => ((100 * (piece + 0.5)) / pieces).toFixed(1);
  const up = tops.map((top, piece) => `${x(piece)},${(20 - 18 * top - 0.5).toFixed(1)}`);
  const down = tops.map((top, piece) => `${x(piece)},${(20 + 18 * top + 0.5).toFixed(1)}`).reverse();
  return [...up, ...down].join(" ");
}
