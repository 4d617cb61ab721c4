// What the lab on the learner's own model shows, and the short names of many blocks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { shortNames } from "../../course_utils/frontend/kit/strip_names.js";
import { follows, lossTop, stateLine, UNTRAINED, view } from "../../course_utils/labs/own_model_lab/own_model_view.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/own_model_lab/own_model.json", import.meta.url), "utf-8"),
);
const data = {
  blocks: [
    { name: "low", weights: 100, total: 120 },
    { name: "high", weights: 300, total: 340 },
  ],
  head: 20,
  total: 480,
  rates: [1e-4, 1e-3],
  steps_per_epoch: 4,
  commonest: 0.25,
  table,
};
const setting = { locked: [true, false], learning_rate: 1e-3, epochs: 2 };
const start = { ...setting, guess: null };
const stage = (begins = 0) => ({
  setting,
  begins,
  accuracy: [[begins, 0.3], [begins + 8, 0.7]],
  losses: [[begins + 1, 1.4], [begins + 8, 0.6]],
});
const run = { setting, step: 8, total: 8, loss: 0.6, outcome: "done", guess: 60 };
const trained = { ...UNTRAINED, run, stages: [stage()], drift: [0, 0.1] };

test("the state says what learns, of how much, how long and how fast", () => {
  assert.equal(stateLine(data, setting), "high learns · 320 of 480 weights (66%) · 2 epochs at 1e-3");
  const head = { ...setting, locked: [true, true], epochs: 1 };
  assert.equal(stateLine(data, head), "no block learns, only the head · 20 of 480 weights (4%) · 1 epoch at 1e-3");
  assert.match(stateLine({ ...data, total: 1e6 }, head), /\(under 1%\)/);
});

test("before a run there is room for it, and a guess to make", () => {
  const seen = view(data, start, UNTRAINED);
  assert.match(seen.result, /after 2 epochs\? Drag the line/);
  assert.deepEqual([seen.xEnd, seen.guessOpen, seen.canGoBack, seen.top], [8, true, false, 1]);
  assert.equal(view(data, { ...start, guess: 60 }, UNTRAINED).result, "You expect 60% of the validation examples to be right after 2 epochs. Start the training.");
});

test("a running training says where it is, and takes no guess", () => {
  const seen = view(data, { ...start, guess: 60 }, { ...trained, phase: "running", run: { ...run, outcome: "" } });
  assert.equal(seen.result, "Validation accuracy is 70%; it began at 30%.");
  assert.deepEqual([seen.guessOpen, seen.canGoBack, seen.marks[0].name, seen.xEnd], [false, false, "guess 60%", 8]);
  const waiting = { ...trained, phase: "running", stages: [{ ...stage(), accuracy: [] }] };
  assert.equal(view(data, start, waiting).result, "Measuring where it begins.");
});

test("a guess is judged at the end of its run, and nothing else is", () => {
  const judged = view(data, { ...start, guess: 60 }, trained);
  assert.equal(judged.result, "Validation accuracy ends at 70%, and your guess was 60%: 10 points too low.");
  assert.deepEqual(judged.gap, { from: 0.6, to: 0.7, text: "10 points too low" });
  assert.equal(judged.xEnd, 8);
  for (const change of [{ guess: 61 }, { guess: null }, { guess: 60, epochs: 3 }]) {
    const other = view(data, { ...start, ...change }, trained);
    assert.deepEqual([other.gap, other.judged, other.guessOpen], [null, false, true]);
    assert.ok(other.xEnd > 8); // room for the next run
  }
  assert.match(view(data, start, trained).result, /^Validation accuracy went from 30% to 70%\. Where will 2 epochs more/);
});

test("a run that was stopped or diverged says what to do next", () => {
  const of = (/** @type {string} */ outcome) => view(data, { ...start, guess: 60 }, { ...trained, run: { ...run, outcome } });
  assert.match(of("stopped").result, /^Stopped at a validation accuracy of 70%/);
  assert.match(of("failed").result, /Go back to the start/);
  assert.deepEqual([of("stopped").gap, of("failed").gap], [null, null]);
});

test("runs go on from one another as one line, with a mark where each began", () => {
  const seen = view(data, start, { ...trained, stages: [stage(), stage(8)] });
  assert.deepEqual(seen.lines[1].points.map(([x]) => x), [0, 8, 8, 16]);
  assert.deepEqual(seen.stages, [{ x: 0, name: "1" }, { x: 8, name: "2" }]);
  assert.deepEqual(seen.legend[1], "2: high learns, 2 epochs at 1e-3");
});

test("a training that was given up stays as a ghost that fits into the chart", () => {
  const seen = view(data, { ...start, epochs: 1 }, { ...UNTRAINED, run, before: [stage()] });
  assert.equal(seen.lines[0].kind, "ghost");
  assert.deepEqual([seen.xEnd, seen.canGoBack, seen.judged], [8, false, false]);
  assert.equal(seen.ghost, "before: 1: high learns, 2 epochs at 1e-3");
});

test("the loss's axis ends at a round number", () => {
  assert.equal(lossTop([]), 1);
  assert.equal(lossTop([stage()]), 2);
  assert.ok(Math.abs(lossTop([{ ...stage(), losses: [[1, 0.03]] }]) - 0.04) < 1e-12);
});

test("a guess was about the setting before", () => {
  assert.deepEqual(follows(start, { ...start, guess: 3 }), {});
  assert.deepEqual(follows(start, { ...start, locked: [false, false] }), { guess: null });
});

test("many blocks get short names that can still be told apart", () => {
  assert.deepEqual(shortNames(["stem", "block_1", "block_12", "top"]), ["stem", "1", "12", "top"]);
  assert.deepEqual(shortNames(["pool", "conv2_block1", "conv2_block3"]), ["pool", "2.1", "2.3"]);
  assert.deepEqual(shortNames(["block1a", "block2b"]), ["1a", "2b"]);
  assert.deepEqual(shortNames(["low", "middle", "high"]), ["low", "middle", "high"]);
  assert.deepEqual(shortNames(["1", "block1", "block2"]), ["1", "block1", "block2"]);
});
