// What the lab twenty trials shows and says, from its state and a small made-up sweep.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { bestOf, fields, placesOf, settingAt, startOf, tryIt, view } from "../../course_utils/labs/search_lab/search_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/search_lab/twenty_trials.json", import.meta.url), "utf-8"),
);
const values = {
  learning_rate: [1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
  batch_size: [8, 32],
  weight_decay: [1e-4, 0.1],
  width: [0, 64],
  augment: [false, true],
  blocks: [1, 4],
};
const SETTINGS = 5 * 2 ** 5;
/** Setting 7 is lucky in the search, and setting 9 is what it seems. @type {[number, number][]} */
const scores = Array.from({ length: SETTINGS }, (_, number) => [number === 7 ? 0.9 : number === 9 ? 0.8 : 0.5, number === 7 ? 0.7 : number === 9 ? 0.8 : 0.55]);
const path = Array.from({ length: 20 }, (_, number) => 0.6 + number / 100);
const rivals = { random: { best: path, again: path.map((score) => score - 0.03) }, TPE: { best: path, again: path } };
const data = { sweeps: { scans: { scores, rivals }, "photo-textures": { scores, rivals } }, values, missing: "", table };
const start = startOf(data);

test("a setting's number and the places of its values belong to each other", () => {
  const numbers = new Set();
  for (let number = 0; number < SETTINGS; number += 1) {
    numbers.add(settingAt(data, { ...start, ...placesOf(data, number) }));
  }
  assert.equal(numbers.size, SETTINGS);
  assert.equal(settingAt(data, { ...start, ...placesOf(data, 41) }), 41);
});

test("a trial is added, and the best of several is found, the first of equals", () => {
  const tried = { ...start, tried: [3] };
  assert.deepEqual(tryIt(data, { ...tried, ...placesOf(data, 9) }), { tried: [3, 9] });
  assert.equal(bestOf(scores, [3, 9, 7, 7]), 2);
});

test("before the reveal it says what was tried and nothing of luck or rivals", () => {
  assert.equal(view(data, start).result, "Set the six hyperparameters, and try.");
  assert.ok(!view(data, start).canReveal);
  const seen = view(data, { ...start, tried: [9, 3] });
  assert.equal(seen.result, "Trial 2 of 20: 50%. Your best is still 80%.");
  assert.match(view(data, { ...start, tried: [3, 9] }).result, /^Trial 2 of 20: 80%\. Your best so far\.$/);
  assert.equal(seen.lines.length, 1);
  assert.deepEqual(seen.levels, []);
  assert.equal(seen.alt, "Validation accuracy of 2 trials: 80%, 50%.");
  assert.match(seen.stateLine, /^rate 1e-1, batches of 32, decay 1e-4, hidden layer none, augmented no, blocks all four$/);
});

test("a spent budget asks for a guess and tries no more", () => {
  const seen = view(data, { ...start, tried: Array(20).fill(3) });
  assert.ok(!seen.canTry && seen.canReveal);
  assert.match(seen.result, /The budget is spent\. Guess/);
});

test("revealed, the winner is worth what it has again, beside two rivals", () => {
  const seen = view(data, { ...start, tried: [9, 7, 3], guess: 85, revealed: true });
  assert.equal(
    seen.result,
    "Your winner had 90.0% in the search, and 70.0% when it was trained again with two other seeds: 20 points of it were luck (you guessed 85%).",
  );
  assert.match(seen.stateLine, /random search 62\.0%, and 59\.0% again; TPE 62\.0%, and 62\.0% again/);
  assert.equal(seen.lines.length, 3);
  assert.deepEqual(seen.levels, [{ tone: "target", share: 0.7 }]);
  assert.ok(!seen.canTry);
  assert.match(view(data, { ...start, tried: [9], revealed: true }).result, /it was what it seemed\.$/);
  assert.match(view(data, { ...start, tried: [3], revealed: true }).result, /5 points more, so it had been unlucky/);
});

test("trials are listed with the best first", () => {
  assert.deepEqual(
    view(data, { ...start, tried: [3, 7, 9] }).list.map(({ score }) => score),
    [0.9, 0.8, 0.5],
  );
});

test("a state comes back from its text; settings that there are not do not", () => {
  const named = fields(data);
  for (const state of [start, { ...start, tried: [7, 9, 159], guess: 80, revealed: true, task: "photo-textures" }]) {
    assert.deepEqual(decode("twenty-trials", 1, named, encode("twenty-trials", 1, named, state)), { state });
  }
  for (const tried of [[160], Array(21).fill(1)]) {
    const wrong = encode("twenty-trials", 1, named, { ...start, tried });
    assert.match(/** @type {any} */ (decode("twenty-trials", 1, named, wrong)).problem, /no tried/);
  }
});

test("without recordings the lab says why", () => {
  const seen = view({ ...data, sweeps: {}, missing: "The recording is damaged." }, start);
  assert.equal(seen.result, "The recording is damaged.");
  assert.ok(!seen.canTry && !seen.canReveal);
});
