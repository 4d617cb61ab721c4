// What the forgetting thermometer shows and says, from its state, the recorded runs and the live run.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { fields, follows, settled, startOf } from "../../course_utils/labs/thermometer_lab/thermometer_data.js";
import { courseOf, momentAt, redStretches, view } from "../../course_utils/labs/thermometer_lab/thermometer_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/thermometer_lab/thermometer.json", import.meta.url), "utf-8"),
);

/** @param {string} method @param {number} value @param {number} seed @param {number[][]} both target and source */
const run = (method, value, seed, both) => ({
  method,
  value,
  seed,
  curve: both.map(([target, source], number) => /** @type {const} */ ([10 * (number + 1), target, source])),
});
const data = {
  dials: { plain: [1e-4, 1e-3], ewc: [10, 1000], lora: [1e-2], "wise-ft": [1e-3] },
  ends: { plain: [50, 50], ewc: [50, 50], lora: [50], "wise-ft": [100] },
  averaging: "wise-ft",
  runs: [
    run("plain", 1e-3, 0, [[0.7, 0.95], [0.8, 0.93], [0.85, 0.9], [0.9, 0.8], [0.92, 0.6]]),
    run("plain", 1e-4, 0, [[0.7, 0.95], [0.75, 0.95], [0.8, 0.95], [0.79, 0.95], [0.8, 0.95]]),
    run("ewc", 1000, 0, [[0.5, 0.7], [0.6, 0.8], [0.8, 0.9], [0.85, 0.91], [0.84, 0.92]]),
    run("ewc", 10, 0, [[0.5, 0.6], [0.6, 0.5], [0.8, 0.4], [0.85, 0.4], [0.84, 0.3]]),
    { method: "wise-ft", value: 1e-3, seed: 0, curve: /** @type {const} */ ([[25, 0.75, 0.94], [50, 0.8, 0.9], [100, 0.92, 0.6]]) },
  ],
  before: 0.96,
  intact: 0.96,
  alarm: 0.864,
  start: { method: "plain", value: 1e-3, seed: 0 },
  missing: "",
  table,
};
const start = startOf(data);
const alone = { live: null, seen: [], canRun: false };
/** @param {Partial<typeof start>} change */
const revealed = (change) => view(data, { ...start, revealed: true, step: 1000, ...change }, alone);
/** @param {string} outcome @param {object} [more] */
const live = (outcome, more = {}) => ({
  setting: data.start,
  curve: /** @type {const} */ ([[0, 0.6, 0.96], [10, 0.7, 0.95], [20, 0.8, 0.7]]),
  step: 20,
  total: 50,
  loss: 0.5,
  outcome,
  ...more,
});

test("before the guess the target is there, the source is not, and nothing says where the red begins", () => {
  const shown = view(data, start, alone);
  assert.deepEqual(shown.lines.map(({ tone, points }) => [tone, points.length]), [["target", 5]]);
  assert.deepEqual([shown.source, shown.started, shown.target, shown.targetPlace], [0.96, false, 0.92, "at step 50"]);
  assert.deepEqual([shown.red, shown.best, shown.places], [[], null, []]);
  assert.ok(shown.guessOpen && shown.canPlay && shown.canReveal && !shown.canHide);
  assert.equal(shown.result, table.words.before_guess);
  assert.ok(!/step \d/.test(shown.result + shown.stateLine));
});

test("a flag shows what the target would have, and still not the source", () => {
  const shown = view(data, { ...start, guess: 30 }, alone);
  assert.equal(shown.result, "You would stop at step 30, with the target at 85%. Is the source still in the green? Reveal it.");
  assert.deepEqual([shown.source, shown.started, shown.target], [0.96, false, 0.85]);
  assert.equal(shown.lines.length, 1);
});

test("while it plays both are shown up to now, in words that give nothing away", () => {
  const shown = view(data, { ...start, step: 40 }, { ...alone, playing: true });
  assert.deepEqual(shown.lines.map(({ points }) => points.length), [5, 4]);
  assert.deepEqual([shown.source, shown.started, shown.target], [0.8, true, 0.9]);
  assert.deepEqual([shown.red, shown.best], [[], null]);
  assert.equal(shown.result, table.words.playing);
  assert.ok(!shown.guessOpen && !shown.canReveal);
});

test("a stop is judged by the best green moment", () => {
  assert.equal(revealed({ guess: 30 }).result, "First in the red at step 40. You stopped at step 30, and no green moment is more than a point better.");
  assert.equal(
    revealed({ guess: 10 }).result,
    "First in the red at step 40. You stopped at step 10; the best green moment, step 30, came 20 steps later: target 85%, 15 points more.",
  );
  assert.equal(
    revealed({ guess: 50 }).result,
    "First in the red at step 40. You stopped at step 50, in the red; the best green moment, step 30, came 20 steps earlier: target 85%, 7 points less.",
  );
  assert.equal(revealed({}).result, "First in the red at step 40. The best green moment is step 30: target 85%.");
});

test("a run that never gets red, begins in the red, or is nothing but red has a sentence of its own", () => {
  assert.match(revealed({ value: 1e-4, guess: 40 }).result, /^It is never in the red\. You stopped at step 40, and no green/);
  assert.match(
    revealed({ method: "ewc", value: 1000, guess: 10 }).result,
    /^In the red at the first measurement already, and first in the green at step 30\. You stopped at step 10, in the red; .* 30 steps later/,
  );
  assert.equal(revealed({ method: "ewc", value: 10, guess: 10 }).result, table.words.always_red);
  assert.deepEqual(courseOf(data, data.runs[3].curve).best, null);
});

test("what is in the red is hatched from moment to moment, as far as it is shown", () => {
  assert.deepEqual(revealed({}).red, [{ from: 40, to: 50 }]);
  assert.deepEqual(redStretches(data, data.runs[2].curve), [{ from: 10, to: 30 }]);
  assert.deepEqual(redStretches(data, data.runs[4].curve), [{ from: 100, to: 100 }]);
  const partly = view(data, { ...start, revealed: true, step: 40 }, alone);
  assert.deepEqual([partly.red, partly.best, partly.at], [[{ from: 40, to: 40 }], null, 3]);
  assert.equal(partly.result, "At step 40: target 90%, source 80%, in the red.");
  assert.deepEqual(revealed({}).best, [30, 0.85, 0.9]);
});

test("averages have a way in percent instead of steps", () => {
  const shown = revealed({ method: "wise-ft", guess: 100 });
  assert.match(shown.result, /^First in the red at 100% of the way\. You stopped at 100% of the way, in the red; .* 50 percentage points earlier/);
  assert.deepEqual([shown.end, shown.trains, shown.xWords(25)], [100, false, "25% of the way"]);
  assert.equal(view(data, { ...start, method: "wise-ft", seed: 7 }, { ...alone, canRun: true }).result, table.words.no_run);
});

test("a setting without a recording offers the live run, and a missing recording says why", () => {
  const elsewhere = { ...start, seed: 50 };
  assert.equal(view(data, elsewhere, alone).result, table.words.unrecorded_page);
  assert.equal(view(data, elsewhere, { ...alone, canRun: true }).result, table.words.unrecorded);
  const none = { ...data, runs: [], before: null, intact: null, alarm: null, missing: "Nothing there." };
  const shown = view(none, start, alone);
  assert.deepEqual([shown.result, shown.source, shown.canPlay, shown.level], ["Nothing there.", null, false, null]);
});

test("a live run is watched openly, and its stop is judged by the recording", () => {
  const going = view(data, start, { ...alone, live: live("") });
  assert.deepEqual(going.lines.map(({ kind, points }) => [kind, points.length]), [["recorded", 5], ["live", 3], ["live", 3]]);
  assert.deepEqual([going.source, going.result, going.canPlay, going.places], [0.7, table.words.live_going, false, []]);
  const stopped = view(data, { ...start, guess: 20, revealed: true, step: 50 }, { ...alone, live: live("stopped") });
  assert.match(stopped.result, /^First in the red at step 40\. You stopped at step 20;/);
  const unrecorded = { ...start, seed: 9 };
  const free = { ...alone, live: live("stopped", { setting: { ...data.start, seed: 9 } }) };
  assert.equal(view(data, unrecorded, free).result, "You stopped after step 20, in the red: target 80%, source 70%.");
});

test("the ghost is the newest other run with the same seed and axis", () => {
  const ewc = { setting: { method: "ewc", value: 10, seed: 0 }, curve: data.runs[3].curve };
  const other = { setting: { method: "ewc", value: 10, seed: 3 }, curve: data.runs[3].curve };
  const average = { setting: { method: "wise-ft", value: 1e-3, seed: 0 }, curve: data.runs[4].curve };
  const state = { ...start, revealed: true, step: 50 };
  assert.equal(view(data, state, { ...alone, seen: [ewc, other, average] }).ghost, "EWC 10");
  assert.equal(view(data, state, { ...alone, seen: [other, average] }).ghost, null);
  assert.equal(view(data, start, { ...alone, seen: [ewc] }).ghost, null);
  assert.equal(view(data, state, { ...alone, live: live("stopped") }).ghost, null);
});

test("another setting is another round, and a dial has its method's values", () => {
  const state = { ...start, guess: 30, revealed: true, step: 50 };
  assert.deepEqual(follows(state, { ...state, value: 1e-4 }), { guess: null, revealed: false, step: 0 });
  assert.deepEqual(follows(state, { ...state, step: 10 }), {});
  assert.equal(settled(data, { ...state, method: "ewc" }).value, 1000);
  assert.equal(settled(data, { ...state, method: "wise-ft" }).value, 1e-3);
  assert.deepEqual([settled(data, { ...state, step: 900, guess: 70 }).step, settled(data, { ...state, guess: 70 }).guess], [50, 50]);
});

test("the moment at a place is the last measurement up to it", () => {
  assert.equal(momentAt(data.runs[0].curve, 5), null);
  assert.equal(momentAt(data.runs[0].curve, 29)?.[0], 20);
});

test("a state travels as a link and comes back, and one that the lab has not is refused", () => {
  const state = { ...start, method: "ewc", value: 10, guess: 20, revealed: true, step: 50 };
  const code = encode("forgetting-thermometer", table.version, fields(data), state);
  assert.deepEqual(decode("forgetting-thermometer", table.version, fields(data), code), { state });
  for (const wrong of [{ method: "magic" }, { value: 0.5 }, { seed: 100 }, { guess: -10 }, { step: 0.5 }]) {
    const bad = encode("forgetting-thermometer", table.version, fields(data), { ...state, ...wrong });
    assert.match(JSON.stringify(decode("forgetting-thermometer", table.version, fields(data), bad)), /This lab has no/);
  }
});

test("a method that arrives before the value of its dial is a setting without a recording", () => {
  const shown = view(data, { ...start, method: "ewc" }, alone);
  assert.deepEqual([shown.end, shown.stops, shown.result], [50, [], table.words.unrecorded_page]);
});
