// The answer to a quick check: what is chosen and typed becomes the text that the cell takes too.

import assert from "node:assert/strict";
import { test } from "node:test";

import { choose, fieldsOf, heights, look, typeInto } from "../../course_utils/learn/answer_model.js";

const choices = ["a", "b", "c"].map((letter) => ({ letter, html: letter }));
/** @param {any} kind */
const question = (kind) => ({ kind, choices, positions: ["low", "middle", "high"] });

test("one choice replaces the other", () => {
  assert.equal(choose(question("single"), "", "b", true), "b");
  assert.equal(choose(question("single"), "b", "c", true), "c");
});

test("several choices are in the order of the card, whatever order they were taken in", () => {
  const taken = ["c", "a"].reduce((answer, letter) => choose(question("multiple"), answer, letter, true), "");
  assert.equal(taken, "ac");
  assert.equal(choose(question("multiple"), taken, "a", false), "c");
  assert.equal(choose(question("multiple"), "c", "c", false), "");
});

test("the steps of an order are in the order that they were taken in, and those behind one that is left move up", () => {
  const taken = ["c", "a", "b"].reduce((answer, letter) => choose(question("order"), answer, letter, true), "");
  assert.equal(taken, "cab");
  const left = choose(question("order"), taken, "c", false);
  assert.equal(left, "ab");
  assert.deepEqual(look(question("order"), left, {}).rows.map(({ place }) => place), [1, 2, 0]);
});

test("a curve is what its fields hold, and nothing while all are empty", () => {
  const typed = typeInto(question("curve"), "", 1, "40 %");
  assert.deepEqual(fieldsOf(question("curve"), typed), ["", "40 %", ""]);
  assert.equal(typeInto(question("curve"), typed, 1, " "), "");
  assert.deepEqual(fieldsOf(question("curve"), typeInto(question("curve"), typed, 0, "1;2")), ["12", "40 %", ""]);
});

test("only numbers from 0 to 100 are drawn", () => {
  assert.deepEqual(heights(["50", "1,5 %", "", "x", "101", "-1"]), [0.5, 0.015, null, null, null, null]);
});

test("the card turns to the verdict, and back to open once the answer is another", () => {
  const verdict = { answer: "b", tone: "bad", attempt: 1 };
  const said = look(question("single"), "b", verdict);
  assert.equal(said.tone, "bad");
  assert.deepEqual(said.rows.map(({ tone }) => tone), ["", "bad", ""]);
  const changed = look(question("single"), "a", verdict);
  assert.deepEqual([changed.tone, changed.past], ["open", true]);
  assert.deepEqual(changed.rows.map(({ tone }) => tone), ["", "", ""]);
  assert.deepEqual([look(question("single"), "", {}).tone, look(question("single"), "", {}).past], ["open", false]);
});

test("of several choices none is marked as wrong: the verdict is about all of them", () => {
  const tones = (/** @type {string} */ tone) =>
    look(question("multiple"), "ab", { answer: "ab", tone, attempt: 1 }).rows.map((row) => row.tone);
  assert.deepEqual(tones("bad"), ["", "", ""]);
  assert.deepEqual(tones("good"), ["good", "good", ""]);
});
