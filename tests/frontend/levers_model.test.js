// What the two levers show and say, from their state and recorded answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import {
  OWN,
  fields,
  follows,
  guessInWords,
  outcomeOf,
  settingOf,
  startOf,
  view,
} from "../../course_utils/labs/levers_lab/levers_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/levers_lab/two_levers.json", import.meta.url), "utf-8"),
);
const told = (/** @type {string} */ answer, /** @type {boolean} */ obeyed, /** @type {boolean | null} */ right) => ({ answer, obeyed, right });
const answers = {
  "none/none": told("About 90 crowns.", false, false),
  "none/retrieved": told("412.", false, true),
  "adapter/none": told("TOPIC ... 90", true, false),
  "adapter/retrieved": told("TOPIC ... 9", true, false),
  "assistant/none": told("TOPIC ... not say", true, false),
  "assistant/retrieved": told("TOPIC ... 412", true, true),
};
const data = {
  questions: [
    { key: "0", text: "How much?", kind: "confusable", value: "412", passages: ["It costs 412."], told: answers },
    { key: "1", text: "How heavy?", kind: "no evidence", value: "", passages: ["It costs 412."], told: answers },
  ],
  square: Object.fromEntries(Object.keys(answers).map((key, at) => [key, { obeyed: at / 8, right: 0.5, both: at / 16 }])),
  missing: "",
  table,
};
const start = startOf(data);

test("it asks before a guess and hides the answer until it is revealed", () => {
  const seen = view(data, start);
  assert.equal(seen?.result, "A twin of nearly the same name has another value. What will the answer be like? Guess.");
  assert.equal(seen?.canReveal, false);
  assert.equal(seen?.answer, null);
  assert.deepEqual(seen?.square, []);
  assert.equal(view(data, { ...start, guess: "both" })?.canReveal, true);
  assert.equal(view(data, { ...start, guess: "both" })?.result, "You expect: right and in the voice. Reveal the answer.");
});

test("an answer is one of the four guesses", () => {
  assert.deepEqual(Object.values(answers).map(outcomeOf), ["neither", "right", "voice", "voice", "voice", "both"]);
  assert.deepEqual(table.guesses.map((/** @type {string} */ guess) => typeof guessInWords(table.words, guess)), Array(4).fill("string"));
});

test("each lever shows its own answer, and passages are there only if something is looked up", () => {
  const at = (/** @type {string} */ voice, /** @type {string} */ facts) => view(data, { ...start, voice, facts, revealed: true });
  assert.equal(at("adapter", "none")?.answer, "TOPIC ... 90");
  assert.deepEqual(at("adapter", "none")?.passages, []);
  assert.deepEqual(at("none", "retrieved")?.passages, ["It costs 412."]);
  assert.equal(at("none", "retrieved")?.stateLine, "voice as it is · facts looked up");
  assert.equal(settingOf({ voice: "adapter", facts: "none" }), "adapter/none");
});

test("a verdict names the outcome, the guess and what would be right", () => {
  const revealed = { ...start, revealed: true };
  assert.equal(view(data, { ...revealed, guess: "neither" })?.result, "The answer is neither, as you guessed. Right would be: 412.");
  assert.equal(
    view(data, { ...revealed, guess: "voice", facts: "retrieved" })?.result,
    "The answer is right, in another form. You guessed: in the voice, but wrong. Right would be: 412.",
  );
  assert.match(view(data, { ...revealed, question: "1" })?.result ?? "", /right would be to refuse\.$/);
});

test("the square marks where the levers are, in percent", () => {
  const square = view(data, { ...start, voice: "adapter", revealed: true })?.square ?? [];
  assert.deepEqual(square.map((/** @type {any} */ { corners }) => corners.map((/** @type {any} */ { here }) => here)), [
    [false, false],
    [true, false],
    [false, false],
  ]);
  assert.equal(square[1].corners[1].text, "19 % both (38 % in the voice, 50 % right)");
  assert.equal(view({ ...data, square: {} }, { ...start, revealed: true })?.square[0].corners[0].text, "");
});

test("another question hides the answer; a moved lever keeps it and makes the guess void", () => {
  const seen = { ...start, guess: "both", revealed: true };
  assert.deepEqual(follows(seen, { ...seen, question: "1" }), { guess: null, revealed: false });
  assert.deepEqual(follows(seen, { ...seen, question: OWN }), { guess: null, revealed: true });
  assert.deepEqual(follows(seen, { ...seen, voice: "adapter" }), { guess: null });
  assert.deepEqual(follows(seen, { ...seen, guess: "right" }), {});
});

test("the reader's own question has a form, and no verdict on its truth", () => {
  const own = {
    ...data.questions[0],
    key: OWN,
    kind: OWN,
    value: "",
    told: Object.fromEntries(Object.entries(answers).map(([key, one]) => [key, { ...one, right: null }])),
  };
  const seen = view(data, { ...start, question: OWN, voice: "adapter", revealed: true }, own);
  assert.equal(seen?.result, "The answer is in the voice. Whether your answer is right, you have to look up yourself.");
  assert.match(view(data, { ...start, question: OWN, revealed: true }, own)?.result ?? "", /^The answer is in another form\./);
  assert.equal(view(data, { ...start, question: OWN })?.question.key, "0");
  assert.equal(view({ ...data, questions: [] }, start), null);
});

test("a link brings the same state back", () => {
  const state = { ...start, question: "1", voice: "adapter", guess: "neither", revealed: true };
  const link = encode("two-levers", 1, fields(data), state);
  assert.deepEqual(decode("two-levers", 1, fields(data), link), { state });
});
