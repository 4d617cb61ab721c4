// What the two levers show, worked out from their state and the recorded answers. Pure.

import { fill } from "../../frontend/kit/numbers.js";
import { flagField, nameField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Told what the model wrote with one setting of the levers
 * @property {string} answer
 * @property {boolean} obeyed whether it has the house's form
 * @property {boolean | null} right null for the reader's own question
 *
 * @typedef {object} Question
 * @property {string} key
 * @property {string} text
 * @property {string} kind
 * @property {string} value what is right; empty where the handbook holds no answer
 * @property {string[]} passages what the search found
 * @property {Record<string, Told>} told by setting, such as "none/retrieved"
 *
 * @typedef {{ obeyed: number, right: number, both: number }} Shares
 *
 * @typedef {object} Data what the page gets once
 * @property {Question[]} questions
 * @property {Record<string, Shares>} square by setting, over all recorded questions and seeds
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {string} question a key
 * @property {string} voice
 * @property {string} facts
 * @property {string | null} guess
 * @property {boolean} revealed
 */

/** @type {(keyof State)[]} */
export const STATE = ["question", "voice", "facts", "guess", "revealed"];
/** The key of the reader's own question, which no link can hold. */
export const OWN = "own";

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ questions, table }) {
  return {
    question: nameField(questions.map(({ key }) => key)),
    voice: nameField(table.voices),
    facts: nameField(table.facts),
    guess: optional(nameField(table.guesses)),
    revealed: flagField(),
  };
}

/**
 * What else changes: another question hides the answer, and a lever that is moved before the answer was seen, or after,
 * makes a guess void.
 * @param {State} before @param {State} now @returns {Partial<State>}
 */
export function follows(before, now) {
  if (now.question !== before.question) return { guess: null, revealed: now.question === OWN };
  return now.voice !== before.voice || now.facts !== before.facts ? { guess: null } : {};
}

/** The setting's key. @param {{ voice: string, facts: string }} state */
export function settingOf({ voice, facts }) {
  return `${voice}/${facts}`;
}

/** What an answer is: one of the guesses. @param {Told} told */
export function outcomeOf({ obeyed, right }) {
  if (right) return obeyed ? "both" : "right";
  return obeyed ? "voice" : "neither";
}

/** A guess in words. @param {any} words @param {string} guess */
export function guessInWords(words, guess) {
  return guess === "voice" ? words.voice_only : words[guess];
}

/**
 * What is seen.
 * @param {Data} data
 * @param {State} state
 * @param {Question | null} own
 */
export function view(data, state, own = null) {
  const { words } = data.table;
  const question = (state.question === OWN && own) || data.questions.find(({ key }) => key === state.question) || data.questions[0];
  if (!question) return null;
  const told = question.told[settingOf(state)];
  const looksUp = state.facts === "retrieved";
  const ownOne = told.right === null;
  const outcome = ownOne ? (told.obeyed ? words.own_voice : words.own_form) : guessInWords(words, outcomeOf(told));
  const truth = ownOne ? words.truth_own : question.value === "" ? words.truth_refuse : fill(words.truth, { value: question.value });
  const guess = state.guess === null ? "" : guessInWords(words, state.guess);
  const verdict = state.guess === null || ownOne ? words.open : state.guess === outcomeOf(told) ? words.as_guessed : words.otherwise;
  const percent = (/** @type {number} */ share) => `${Math.round(100 * share)} %`;
  const square = data.table.voices.map((/** @type {string} */ voice) => ({
    name: words[`voice_${voice}`],
    corners: data.table.facts.map((/** @type {string} */ facts) => {
      const shares = data.square[settingOf({ voice, facts })];
      return {
        here: voice === state.voice && facts === state.facts,
        text: shares
          ? fill(words.corner, { both: percent(shares.both), obeyed: percent(shares.obeyed), right: percent(shares.right) })
          : "",
      };
    }),
  }));
  return {
    question,
    passages: looksUp ? question.passages : [],
    answer: state.revealed ? told.answer : null,
    square: state.revealed ? square : [],
    result: state.revealed
      ? fill(verdict, { outcome, guess, truth })
      : state.guess === null
        ? fill(words.begin, { kind: words[`kind_${question.kind}`] })
        : fill(words.guessed, { guess }),
    stateLine: fill(words.state, { voice: words[`voice_${state.voice}`], facts: words[`facts_${state.facts}`] }),
    canReveal: state.guess !== null,
  };
}
