// What the sentence microscope shows and says, from its state and recorded sentences.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { OWN, fields, follows, nearest, startOf, view } from "../../course_utils/labs/sentence_lab/sentence_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/sentence_lab/sentence_microscope.json", import.meta.url), "utf-8"),
);
const layers = (/** @type {any} */ one, /** @type {any} */ last) => [...Array(6).fill(one), last];
const matrix = [
  [100, 10, 20],
  [10, 100, 80],
  [20, 80, 100],
];
// Two desks with two messages each: in the last layer the second message of the second desk is nearest.
const data = {
  sentences: [
    { key: "2", text: "late again", desk: "delivery", tokens: ["[CLS]", "late", "again"], similar: layers(matrix, matrix), near: layers([900, 100, 50, 60], [300, 500, 200, 800]) },
    { key: "3", text: "hm", desk: "", tokens: ["[CLS]", "hm", "[SEP]"], similar: layers(matrix, matrix), near: layers([1, 2, 3, 4], [5, 6, 7, 8]) },
  ],
  shelf: [
    { text: "pay 1", desk: "payment" },
    { text: "late 1", desk: "delivery" },
    { text: "pay 2", desk: "payment" },
    { text: "late 2", desk: "delivery" },
  ],
  desks: ["payment", "delivery"],
  missing: "",
  table: { ...table, labels: [1, 2] },
};
const start = { ...startOf(data), labels: 1 };

test("it asks before a guess, and only a guess can be revealed", () => {
  const seen = view(data, start);
  assert.equal(seen?.result, "2 labelled messages: from which desk is the nearest? Guess.");
  assert.equal(seen?.canReveal, false);
  assert.equal(view(data, { ...start, guess: "payment" })?.canReveal, true);
});

test("the nearest message depends on the layer and on how many there are", () => {
  assert.deepEqual(nearest(data, data.sentences[0], 6, 1).map(({ text }) => text), ["late 1", "pay 1"]);
  assert.equal(nearest(data, data.sentences[0], 6, 2)[0].text, "late 2");
  assert.equal(nearest(data, data.sentences[0], 0, 2)[0].text, "pay 1");
  assert.deepEqual(view(data, start)?.grow, [
    { labels: 1, desk: "delivery" },
    { labels: 2, desk: "delivery" },
  ]);
});

test("a verdict names the guess, the nearest desk and where the sentence belongs", () => {
  const revealed = { ...start, revealed: true };
  assert.equal(view(data, { ...revealed, guess: "delivery" })?.result, "Nearest in layer 6: a message for delivery, as you guessed. It belongs there.");
  assert.equal(
    view(data, { ...revealed, guess: "delivery", layer: 0 })?.result,
    "Nearest in layer 0: a message for payment. You guessed delivery. It belongs to delivery.",
  );
  assert.match(view(data, { ...revealed, sentence: "3" })?.result ?? "", /It belongs to no desk in particular\.$/);
});

test("tokens are shaded by their similarity to the chosen one, which is named in words too", () => {
  const seen = view(data, start);
  assert.deepEqual(seen?.tokens.map(({ similar }) => similar), [10, 100, 80]);
  assert.equal(seen?.alt, 'In layer 6, "late" is most similar to "again" (0.8), "[CLS]" (0.1).');
});

test("another sentence is another question, and a chosen token beyond its end is its last", () => {
  assert.deepEqual(follows(start, { ...start, sentence: "3" }), { token: 1, guess: null, revealed: false });
  assert.deepEqual(follows(start, { ...start, layer: 2 }), {});
  assert.equal(view(data, { ...start, token: 9 })?.tokens.findIndex(({ chosen }) => chosen), 2);
});

test("the reader's own sentence is looked at where there is one", () => {
  const own = { ...data.sentences[1], key: OWN, text: "mine" };
  assert.equal(view(data, { ...start, sentence: OWN }, own)?.sentence.text, "mine");
  assert.equal(view(data, { ...start, sentence: OWN })?.sentence.key, "2");
  assert.equal(view({ ...data, sentences: [] }, start), null);
});

test("a link brings the same state back", () => {
  const state = { ...start, layer: 3, guess: "payment", revealed: true };
  const link = encode("sentence-microscope", 1, fields(data), state);
  assert.deepEqual(decode("sentence-microscope", 1, fields(data), link), { state });
});
