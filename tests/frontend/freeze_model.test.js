// What the freeze lab shows, from its state, the recorded runs and the live run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { judgement } from "../../course_utils/frontend/kit/judgement.js";
import {
  follows,
  ghostOf,
  recordedRun,
  settingOf,
  shortName,
  stateLine,
  view,
  weights,
} from "../../course_utils/labs/freezing_lab/freeze_model.js";
import { data, start } from "./data.js";

const nothing = { live: null, seen: [], canRun: true };
const revealed = { ...start, revealed: true, step: 100 };
const live = (change = {}, setting = settingOf(start)) => ({
  setting,
  curve: [[10, 0.5, 0.4], [20, 0.6, 0.2]],
  drift: [0.3, 0.2],
  step: 20,
  total: 20,
  loss: 0.5,
  outcome: "",
  ...change,
});

test("a recorded run is found by what decides it, and by nothing less", () => {
  assert.deepEqual(recordedRun(data, start)?.curve.at(-1), [20, 0.9, 0.3]);
  assert.deepEqual(recordedRun(data, { ...start, locked: [true, false] })?.curve.at(-1), [20, 0.85, 0.88]);
  for (const other of [{ seed: 7 }, { head: "random" }, { batchnorm: "training" }, { epochs: 5 }, { locked: [false, true] }]) {
    assert.equal(recordedRun(data, { ...start, ...other }), null, JSON.stringify(other));
  }
});

test("fewer epochs are the beginning of the recorded run, without its drift at the end", () => {
  assert.deepEqual(recordedRun(data, { ...start, epochs: 3 }), { curve: [[10, 0.7, 0.6]], drift: null });
  assert.equal(recordedRun(data, { ...start, epochs: 1 }), null); // it ends before the first measurement
  assert.deepEqual(recordedRun(data, start)?.drift, [0.2, 0.05]);
});

test("before the reveal the target is shown to its end and the source is not", () => {
  const shown = view(data, start, nothing);
  assert.deepEqual(shown.lines.map(({ name }) => name), ["target"]);
  assert.equal(shown.target.share, 0.9);
  assert.equal(shown.source.share, null);
  assert.equal(shown.drift, null);
  assert.equal(shown.gap, null);
  assert.equal(shown.seen, null);
  assert.ok(shown.canReveal && shown.guessOpen);
  assert.match(shown.result, /^The target reaches 90%\. Where does the source end\?/);
  assert.doesNotMatch(JSON.stringify([shown.lines, shown.result, shown.marks]), /0\.3\b|30%/);
});

test("a guess is repeated, then judged at the end of the reveal and not before", () => {
  assert.match(view(data, { ...start, guess: 80 }, nothing).result, /^You expect 80%/);
  const half = view(data, { ...revealed, guess: 80, step: 10 }, nothing);
  assert.equal(half.gap, null);
  const whole = view(data, { ...revealed, guess: 80 }, nothing);
  assert.deepEqual(whole.gap, { from: 0.8, to: 0.3, text: "50 points too high" });
  assert.equal(whole.result, "The source ends at 30%, and your guess was 80%: 50 points too high.");
});

test("a guess is judged in points", () => {
  const { words, close } = data.table;
  assert.equal(judgement(words, close, 28, 0.3), "you saw it coming");
  assert.equal(judgement(words, close, 35, 0.3), "you saw it coming");
  assert.equal(judgement(words, close, 36, 0.3), "6 points too high");
  assert.equal(judgement(words, close, 0, 0.3), "30 points too low");
});

test("without a guess the run is compared with a frozen network", () => {
  assert.equal(
    view(data, revealed, nothing).result,
    "The target gains 10 points, the source loses 65 points, against a frozen network.",
  );
  const frozen = view(data, { ...revealed, locked: [true, true] }, nothing);
  assert.equal(frozen.result, "The target stays the same, the source stays the same, against a frozen network.");
});

test("a replay stands where the step says, and never before the first measurement", () => {
  const at = (step) => view(data, { ...revealed, step }, nothing);
  assert.deepEqual([0, 10, 15, 20, 999].map((step) => at(step).at), [0, 0, 0, 1, 1]);
  assert.deepEqual(at(10).places, [10, 20]);
  assert.equal(at(10).drift, null);
  assert.deepEqual(at(20).drift, [0.2, 0.05]);
});

test("a setting without a recording says so, and where to run it", () => {
  const other = { ...start, head: "random" };
  assert.match(view(data, other, nothing).result, /Run it for real/);
  assert.match(view(data, other, { ...nothing, canRun: false }).result, /The lesson runs it/);
  const shown = view(data, other, nothing);
  assert.ok(!shown.canReveal && !shown.canHide && !shown.guessOpen);
  const empty = { ...data, runs: [], missing: "The recording is damaged." };
  assert.equal(view(empty, start, nothing).result, "The recording is damaged.");
});

test("another setting drops the guess, and shows how its run ends", () => {
  const before = { ...revealed, guess: 40, step: 10 };
  assert.deepEqual(follows(before, { ...before, guess: 50 }), {});
  const { guess, step } = /** @type {any} */ (follows(before, { ...before, seed: 1 }));
  assert.equal(guess, null);
  assert.ok(step > 20);
  assert.deepEqual(follows(before, { ...before, locked: [false, false] }), {});
});

test("the ghost is the newest other run with the same seed", () => {
  const seen = [{ ...start, epochs: 2 }, { ...start, learning_rate: 1e-4 }, { ...start, seed: 1 }, start].map((state) => ({
    setting: settingOf(state),
    run: { curve: [], drift: null },
  }));
  assert.equal(ghostOf(seen, settingOf(start)), seen[1]);
  assert.equal(ghostOf(seen.slice(2), settingOf(start)), null);
});

test("a live run of this setting is shown at once, with the recorded one beside it after the reveal", () => {
  const shown = view(data, start, { ...nothing, live: live() });
  assert.deepEqual(shown.lines.map(({ name, kind }) => `${name} ${kind}`), ["target recorded", "target live", "source live"]);
  assert.equal(shown.source.share, 0.2);
  assert.deepEqual(shown.drift, [0.3, 0.2]);
  assert.equal(view(data, revealed, { ...nothing, live: live() }).lines.length, 4);
});

test("a live run is judged when it has ended", () => {
  const guessed = { ...start, guess: 20 };
  assert.equal(view(data, guessed, { ...nothing, live: live() }).gap, null);
  assert.equal(view(data, guessed, { ...nothing, live: live({ outcome: "done" }) }).gap?.text, "you saw it coming");
});

test("a live run of another setting is the ghost while it goes on", () => {
  const other = live({}, { ...settingOf(start), learning_rate: 1e-4 });
  const shown = view(data, revealed, { ...nothing, live: other });
  assert.deepEqual(shown.lines.map(({ kind }) => kind), ["ghost", "ghost", "recorded", "recorded"]);
  assert.equal(shown.ghost, "all blocks learn at 1e-4, 4 epochs");
});

test("weights are counted by block, with BatchNorm's where it trains", () => {
  assert.deepEqual(weights(data, start), { trainable: 400, total: 460 });
  assert.deepEqual(weights(data, { ...start, locked: [true, false] }), { trainable: 300, total: 460 });
  assert.deepEqual(weights(data, { ...start, locked: [true, true], batchnorm: "training" }), { trainable: 30, total: 460 });
});

test("the state fits on a line and a run has a short name", () => {
  assert.equal(stateLine(data, start), "all blocks learn · 400 of 460 weights (86%) · 4 epochs at 1e-3 · seed 0");
  assert.match(stateLine(data, { ...start, epochs: 1, batchnorm: "training" }), /1 epoch .* move, in frozen blocks too$/);
  assert.equal(shortName(data, { ...start, epochs: 16, head: "random" }), "all blocks learn at 1e-3, head from random weights");
});
