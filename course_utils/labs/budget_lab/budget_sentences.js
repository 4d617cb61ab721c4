// The sentences of the label-budget lab: what is asked, what came out, how far off a guess was. Pure.

import { fill, percent } from "../../frontend/kit/numbers.js";

/**
 * @typedef {object} Found what is known at a budget
 * @property {number} labels per class, with transfer
 * @property {number} first the fewest that were measured
 * @property {number} last the most that were measured
 * @property {number | null} crossing how many scratch needs to match it; null for never
 * @property {number} transfer its accuracy, 0..1
 * @property {number} scratch the accuracy of scratch with as many labels, 0..1
 * @property {number | null} guess of the crossing; null for none
 */

/** @param {any} words @param {number} count */
export function labelWords(words, count) {
  return count === 1 ? words.label : fill(words.labels, { count });
}

/** @param {any} words @param {number} count */
export function pictureWords(words, count) {
  return count === 1 ? words.picture : fill(words.pictures, { count });
}

/** A factor in one digit or two: 0.8, 2.5, 24. @param {number} factor */
export function times(factor) {
  if (factor < 1) return String(Number(factor.toPrecision(1)));
  const rounded = factor.toFixed(1);
  return Number(rounded) < 10 ? rounded.replace(/\.0$/, "") : String(Math.round(factor));
}

/**
 * Two shares, in as many digits as it takes to tell them apart.
 * @param {number} one
 * @param {number} other
 */
export function apart(one, other) {
  if (percent(one) !== percent(other)) return [percent(one), percent(other)];
  return [one, other].map((share) => `${(100 * share).toFixed(1)}%`);
}

/**
 * How far off a guess was; it is close within a factor.
 * @param {any} words
 * @param {number} close
 * @param {number} never
 * @param {Pick<Found, "crossing" | "guess">} found
 */
export function judgement(words, close, never, { crossing, guess }) {
  if (guess === never || guess === null || crossing === null) {
    if ((guess === never) === (crossing === null)) return words.saw_it;
    return crossing === null ? words.not_enough : words.gets_there;
  }
  const ratio = guess / crossing;
  if (Math.max(ratio, 1 / ratio) <= close) return words.saw_it;
  return ratio > 1 ? fill(words.too_many, { ratio: times(ratio) }) : fill(words.too_few, { ratio: times(1 / ratio) });
}

/** @param {any} words @param {number} never @param {Found} found */
export function beforeReveal(words, never, { labels, last, transfer, guess }) {
  const accuracy = percent(transfer);
  if (guess === null) return fill(words.before_guess, { labels: labelWords(words, labels), accuracy });
  if (guess === never) return fill(words.before_reveal_never, { labels: labelWords(words, last), accuracy });
  return fill(words.before_reveal, { labels: labelWords(words, guess), accuracy });
}

/** @param {any} words @param {number} close @param {number} never @param {Found} found */
export function afterReveal(words, close, never, found) {
  const { labels, first, last, crossing, guess } = found;
  const judged = { guess: guess === never ? words.never : guess, judgement: judgement(words, close, never, found) };
  const guessed = guess === null ? "" : fill(words.guessed, judged);
  if (crossing === null && labels === last) {
    const [scratch, accuracy] = apart(found.scratch, found.transfer);
    return fill(words.trails, { labels: labelWords(words, last), scratch, accuracy, guessed });
  }
  if (crossing === null) {
    return fill(words.never_crosses, { labels: labelWords(words, last), factor: times(last / labels), guessed });
  }
  if (crossing <= first) return fill(words.at_once, { labels: labelWords(words, first), guessed });
  const factor = times(crossing / labels);
  return fill(words.crosses, {
    crossing: Math.round(crossing),
    worth: factor === "1" ? words.about_one : factor,
    guessed,
  });
}
