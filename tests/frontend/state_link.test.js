// A lab's state as a text: whatever is written is read back, and whatever was changed on the way is refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode, flagField, flagsField, nameField, numberField, optional } from "../../course_utils/frontend/kit/state_link.js";
import { fields } from "../../course_utils/labs/freezing_lab/freeze_model.js";
import { data, start } from "./data.js";

const kept = fields(data);
const write = (state) => encode("freeze-lab", 2, kept, state);
const read = (text) => decode("freeze-lab", 2, kept, text);

const STATES = [
  start,
  { ...start, locked: [true, false], learning_rate: 1e-4, guess: 0, revealed: true, step: 110 },
  { ...start, head: "random", batchnorm: "training", epochs: 20, seed: 99, guess: 100 },
];

test("a state comes back from its text, and from a link that ends with it", () => {
  for (const state of STATES) {
    assert.deepEqual(read(write(state)), { state });
    assert.deepEqual(read(` https://example.org/labs/freeze-lab/#${write(state)}\n`), { state });
  }
});

test("a field reads its own values and no others", () => {
  /** @type {[import("../../course_utils/frontend/kit/state_link.js").Field, unknown[], string[]][]} */
  const cases = [
    [numberField((value) => value <= 1), [0, -2, 0.25, 1e-5], ["2", "", "1e", "0x1", "NaN", "1,0", " 1"]],
    [nameField(["a", "bc"]), ["a", "bc"], ["b", "A", "", "a,bc"]],
    [flagField(), [true, false], ["2", "", "01", "true"]],
    [flagsField(2), [[true, false], [false, false]], ["1", "101", "12", ""]],
    [optional(flagField()), [null, true], ["2", "null"]],
  ];
  for (const [field, values, others] of cases) {
    for (const value of values) assert.deepEqual(field.read(field.write(value)), value);
    for (const text of others) assert.equal(field.read(text), undefined, text);
  }
});

test("the text can be read by a person", () => {
  assert.match(write(STATES[1]), /^freeze-lab\.2\?locked=10&learning_rate=0\.0001&epochs=4&head=probe&.*guess=0&/);
});

test("a text with a missing or changed character is refused", () => {
  const text = write(STATES[2]);
  for (let at = 0; at < text.length; at++) {
    assert.ok("problem" in read(text.slice(0, at) + text.slice(at + 1)), `without character ${at}`);
    const other = text[at] === "1" ? "2" : "1";
    assert.ok("problem" in read(text.slice(0, at) + other + text.slice(at + 1)), `another character ${at}`);
  }
});

test("every refusal says why", () => {
  const says = (text) => /** @type {any} */ (read(text)).problem;
  assert.match(says(""), /paste a link/);
  assert.match(says("nonsense"), /damaged/);
  assert.match(says("x".repeat(1000)), /damaged/);
  assert.match(says(encode("thermometer", 2, kept, start)), /belongs to the lab "thermometer"/);
  assert.match(says(encode("freeze-lab", 1, kept, start)), /version 1 of the lab, and this is version 2/);
  assert.match(says(write({ ...start, epochs: 21 })), /no epochs "21"/);
  assert.match(says(write({ ...start, learning_rate: 0.5 })), /no learning rate "0\.5"/);
  assert.match(says(write({ ...start, locked: [true] })), /no locked "1"/);
  assert.match(says(write({ ...start, head: "<b>" })), /no head/);
  assert.match(says(write({ ...start, guess: 101 })), /no guess "101"/);
  const { seed, ...without } = kept;
  assert.ok(seed);
  assert.match(says(encode("freeze-lab", 2, without, start)), /no seed/);
});
