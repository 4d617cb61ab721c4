// What the sentence microscope shows, worked out from its state and the recorded sentences. Pure.

import { fill } from "../../frontend/kit/numbers.js";
import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Sentence one that was looked at
 * @property {string} key
 * @property {string} text
 * @property {string} desk where it belongs; empty for no desk in particular
 * @property {string[]} tokens
 * @property {number[][][]} similar by layer: cosines between the tokens, in hundredths
 * @property {number[][]} near by layer: cosines with each message on the shelf, in thousandths
 *
 * @typedef {{ text: string, desk: string }} Message
 *
 * @typedef {object} Data what the page gets once
 * @property {Sentence[]} sentences
 * @property {Message[]} shelf the first message of every desk, then the second of every desk ...
 * @property {string[]} desks
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {string} sentence a key
 * @property {number} layer
 * @property {number} token
 * @property {number} labels messages of each desk
 * @property {string | null} guess a desk
 * @property {boolean} revealed
 */

/** @type {(keyof State)[]} */
export const STATE = ["sentence", "layer", "token", "labels", "guess", "revealed"];
/** The key of the reader's own sentence, which no link can hold. */
export const OWN = "own";
const NEIGHBOURS = 3;

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ sentences, desks, table }) {
  const whole = (/** @type {number} */ below) => numberField((value) => Number.isInteger(value) && value >= 0 && value < below);
  return {
    sentence: nameField(sentences.map(({ key }) => key)),
    layer: whole(table.layers),
    token: whole(table.longest),
    labels: numberField((value) => table.labels.includes(value)),
    guess: optional(nameField(desks)),
    revealed: flagField(),
  };
}

/** What else changes: another sentence is another question. @param {State} before @param {State} now @returns {Partial<State>} */
export function follows(before, now) {
  return now.sentence === before.sentence ? {} : { token: 1, guess: null, revealed: false };
}

/**
 * The messages on the shelf, the nearest first.
 * @param {Data} data @param {Sentence} sentence @param {number} layer @param {number} labels
 */
export function nearest({ shelf, desks }, sentence, layer, labels) {
  return shelf
    .slice(0, labels * desks.length)
    .map((message, at) => ({ ...message, cosine: sentence.near[layer][at] / 1000 }))
    .sort((one, other) => other.cosine - one.cosine);
}

/**
 * What is seen.
 * @param {Data} data
 * @param {State} state
 * @param {Sentence | null} own
 */
export function view(data, state, own = null) {
  const { words, layers, labels: budgets } = data.table;
  const sentence = (state.sentence === OWN && own) || data.sentences.find(({ key }) => key === state.sentence) || data.sentences[0];
  if (!sentence) return null;
  const layer = Math.min(state.layer, layers - 1);
  const chosen = Math.min(state.token, sentence.tokens.length - 1);
  const tokens = sentence.tokens.map((text, at) => ({ text, similar: sentence.similar[layer][chosen][at], chosen: at === chosen }));
  const others = tokens
    .filter((token) => !token.chosen)
    .sort((one, other) => other.similar - one.similar)
    .slice(0, NEIGHBOURS)
    .map(({ text, similar }) => `"${text}" (${similar / 100})`);
  const neighbours = nearest(data, sentence, layer, state.labels).slice(0, NEIGHBOURS);
  const grow = /** @type {number[]} */ (budgets).map((labels) => ({ labels, desk: nearest(data, sentence, layer, labels)[0].desk }));
  const count = state.labels * data.desks.length;
  const found = neighbours[0].desk;
  const truth =
    sentence.desk === "" ? words.nowhere : sentence.desk === found ? words.belongs : fill(words.belongs_elsewhere, { desk: sentence.desk });
  const verdict = state.guess === null ? words.open : state.guess === found ? words.right : words.wrong;
  const said = { layer, count, desk: found, guess: state.guess ?? "", truth };
  return {
    sentence,
    tokens,
    neighbours,
    grow,
    alt: fill(words.alt, { layer, token: tokens[chosen].text, others: others.join(", ") }),
    result: state.revealed ? fill(verdict, said) : state.guess === null ? fill(words.ask, said) : fill(words.guessed, { desk: state.guess }),
    stateLine: fill(words.state, { layer, tokens: tokens.length, count }),
    canReveal: state.guess !== null,
  };
}
