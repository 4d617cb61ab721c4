// What the label-budget lab shows, from its state, the recorded curves and the live runs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  changed,
  drawnPictures,
  fields,
  guesses,
  taskOf,
  until,
  view,
} from "../../course_utils/labs/budget_lab/budget_model.js";
import { apart, judgement, times } from "../../course_utils/labs/budget_lab/budget_sentences.js";
import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/budget_lab/label_budget.json", import.meta.url), "utf-8"),
);
const { words, close, never } = table;

/** @param {Record<number, number>} means */
const curve = (means) =>
  Object.entries(means).map(([labels, mean]) => ({
    labels: Number(labels),
    mean,
    lowest: mean - 0.1,
    highest: mean + 0.1,
    seeds: { 0: Number((mean - 0.05).toFixed(2)), 1: Number((mean + 0.05).toFixed(2)) },
  }));

const shapes = {
  name: "shapes",
  classes: ["fish", "house"],
  budgets: [1, 10, 100],
  curves: { transfer: curve({ 1: 0.6, 10: 0.8, 100: 0.9 }), scratch: curve({ 1: 0.2, 10: 0.4, 100: 0.8 }) },
  crossings: { 1: 31.6, 10: 100, 100: null },
  commands: ["course record scratch-shapes"],
  missing: "",
};
const digits = {
  ...shapes,
  name: "digits",
  budgets: [2, 20],
  curves: { transfer: curve({ 2: 0.5, 20: 0.9 }), scratch: curve({ 2: 0.55, 20: 0.9 }), tuned: curve({ 20: 0.95 }) },
  crossings: { 2: 2, 20: 20 },
};
const unrecorded = { ...shapes, name: "photo-textures", curves: {}, crossings: {}, missing: "It is damaged." };
const data = { tasks: [shapes, unrecorded, digits], pictures: {}, table };
const start = { task: "shapes", labels: 1, seed: 0, guess: null, revealed: false };
const more = { runs: [], drawn: null, canRun: true };
const revealed = { ...start, revealed: true };
const seen = (/** @type {object} */ state, change = {}) => view(data, { ...start, ...state }, { ...more, ...change });

test("before the reveal transfer is shown and nothing else", () => {
  const shown = seen({});
  assert.deepEqual(shown.lines.map(({ name }) => name), ["transfer"]);
  assert.deepEqual(shown.level, { from: 1, share: 0.6 });
  assert.equal(shown.crossing, null);
  assert.equal(shown.judgement, "");
  assert.ok(shown.guessOpen && shown.canReveal && !shown.canHide);
  assert.equal(shown.result, "Transfer reaches 60% with 1 label per class. How many does scratch need? Drag the marker.");
  assert.doesNotMatch(JSON.stringify(shown), /scratch 15%|31\.6|32/);
});

test("a guess is repeated until the reveal has drawn the curve to its end", () => {
  const expects = "You expect scratch to reach the same 60% with 50 labels per class. Reveal it.";
  assert.equal(seen({ guess: 50 }).result, expects);
  const half = seen({ guess: 50, revealed: true }, { drawn: 10 });
  assert.equal(half.result, expects);
  assert.equal(half.crossing, null);
  assert.deepEqual(half.lines.map(({ points }) => points.length), [2, 3]);
  assert.equal(
    seen({ guess: never }).result,
    "You expect scratch not to reach 60% with up to 100 labels per class. Reveal it.",
  );
});

test("the reveal marks the crossing and judges the guess", () => {
  const shown = seen({ guess: 10, revealed: true });
  assert.equal(shown.crossing, 31.6);
  assert.equal(shown.judgement, "3.2 times too few");
  assert.equal(
    shown.result,
    "Scratch needs about 32 per class: one label is worth 32; your guess was 10: 3.2 times too few.",
  );
  assert.equal(seen({ revealed: true }).result, "Scratch needs about 32 per class: one label is worth 32.");
});

test("the sentence is right where there is no crossing, or none to be measured", () => {
  assert.match(seen({ revealed: true, labels: 100 }).result, /^Scratch trails even with all 100 labels per class, 80% against 90%\.$/);
  const early = { ...data, tasks: [{ ...shapes, crossings: { 1: 31.6, 10: null, 100: null } }] };
  assert.equal(
    view(early, { ...revealed, labels: 10 }, more).result,
    "For scratch, 100 labels per class are not enough: one label is worth more than 10.",
  );
  const at = (/** @type {object} */ state) => seen({ task: "digits", revealed: true, ...state }).result;
  assert.equal(at({ labels: 2 }), "Scratch is as good with the fewest measured, 2 labels per class.");
  assert.equal(at({ labels: 20 }), "Scratch needs about 20 per class: one label is worth about one.");
  const worse = { ...data, tasks: [{ ...shapes, crossings: { ...shapes.crossings, 10: 8 } }] };
  assert.match(view(worse, { ...revealed, labels: 10 }, more).result, /about 8 per class: one label is worth 0\.8\.$/);
});

test("no sentence says that a label is worth more than one where it is worth one", () => {
  for (const task of [shapes, digits]) {
    for (const labels of task.budgets) {
      assert.doesNotMatch(seen({ task: task.name, labels, revealed: true }).result, /more than 1\b/);
    }
  }
});

test("a guess is judged by its ratio to the crossing", () => {
  const judged = (/** @type {number} */ guess, /** @type {number | null} */ crossing) =>
    judgement(words, close, never, { guess, crossing });
  assert.equal(judged(100, 40), "2.5 times too many");
  assert.equal(judged(40, 100), "2.5 times too few");
  assert.equal(judged(50, 40), "you saw it coming");
  assert.equal(judged(51, 40), "1.3 times too many");
  assert.equal(judged(240, 2), "120 times too many");
  assert.equal(judged(never, null), "you saw it coming");
  assert.equal(judged(never, 40), "it does get there");
  assert.equal(judged(40, null), "not enough");
});

test("factors have two digits, and shares as many as tell them apart", () => {
  assert.deepEqual([0.008, 0.81, 0.97, 2, 2.46, 9.96, 23.8, 119].map(times), ["0.008", "0.8", "1", "2", "2.5", "10", "24", "119"]);
  assert.deepEqual(apart(0.8, 0.9), ["80%", "90%"]);
  assert.deepEqual(apart(0.986, 0.989), ["98.6%", "98.9%"]);
});

test("another budget drops the guess and keeps the curves; another task hides them", () => {
  const before = { ...revealed, guess: 30 };
  assert.deepEqual(changed(data, before, { labels: 10 }), { ...before, labels: 10, guess: null });
  assert.deepEqual(changed(data, before, { seed: 1 }), { ...before, seed: 1 });
  assert.deepEqual(changed(data, { ...before, labels: 100 }, { task: "digits" }), { ...start, task: "digits", labels: 20 });
  const shared = { task: "digits", labels: 2, seed: 1, guess: 5, revealed: true };
  assert.deepEqual(changed(data, before, shared), shared);
});

test("a budget that was not recorded becomes the nearest one on the axis", () => {
  assert.deepEqual([2, 5, 40, 1000].map((labels) => changed(data, start, { labels }).labels), [1, 10, 100, 100]);
});

test("a task without recordings says why, and still runs", () => {
  const shown = seen({ task: "photo-textures" });
  assert.equal(shown.result, "It is damaged.");
  assert.ok(!shown.canReveal && !shown.guessOpen && shown.level === null);
  const bare = { ...data, tasks: [{ ...unrecorded, missing: "" }] };
  assert.equal(view(bare, start, more).result, words.unrecorded);
  assert.equal(view(bare, start, { ...more, canRun: false }).result, words.unrecorded_page);
});

test("the fine-tuned network is a third line where it was recorded", () => {
  assert.deepEqual(seen({ task: "digits", labels: 2, revealed: true }).lines.map(({ tone }) => tone), ["tuned", "scratch", "transfer"]);
});

test("the state line tells what came out with the pictures that are shown", () => {
  assert.equal(
    seen({ labels: 10, seed: 1, revealed: true }).stateLine,
    "shapes · 10 labels per class, 20 pictures in all · seed 1 · with these pictures: transfer 85%, scratch 45%",
  );
  assert.match(seen({}).stateLine, /1 label per class, 2 pictures in all · seed 0 · with these pictures: transfer 55%$/);
  assert.deepEqual(seen({}).draws, [{ tone: "transfer", share: 0.55, x: 1 }]);
});

test("live runs stand over their budgets, with the task they were of", () => {
  const run = { setting: { task: "shapes", labels: 10, seed: 0 }, curve: [[0, 0.2], [10, 0.3]], outcome: "" };
  const shown = seen({}, { runs: [run, { ...run, outcome: "done" }, { ...run, curve: [] }] });
  assert.deepEqual(shown.live, [{ x: 10, shares: [0.2, 0.3], ended: false }, { x: 10, shares: [0.2, 0.3], ended: true }]);
  assert.deepEqual(seen({ task: "digits", labels: 2 }, { runs: [run] }).live, []);
});

test("a curve is drawn to a place between two budgets", () => {
  const drawn = until(shapes.curves.scratch, Math.sqrt(1000)).at(-1);
  assert.equal(drawn?.labels, Math.sqrt(1000));
  assert.ok(Math.abs((drawn?.mean ?? 0) - 0.6) < 1e-9 && Math.abs((drawn?.highest ?? 0) - 0.7) < 1e-9);
  assert.equal(until(shapes.curves.scratch, 100).length, 3);
  assert.equal(until(shapes.curves.scratch, 0.5).length, 0);
});

test("a guess can be any of a few dozen whole numbers, the budgets among them", () => {
  const stops = guesses(shapes);
  assert.ok(stops.length > 25 && stops.length < 60);
  assert.deepEqual(stops, [...new Set(stops)].sort((one, other) => one - other));
  assert.ok(shapes.budgets.every((labels) => stops.includes(labels)) && stops.every(Number.isInteger));
});

test("a guess behind the last budget is never", () => {
  assert.equal(seen({ task: "digits", labels: 20, guess: 90, revealed: true }).judgement, words.gets_there);
});

test("the pictures of a smaller budget are the first of those of a larger one", () => {
  const few = drawnPictures(data, { ...start, labels: 3, seed: 1 });
  assert.deepEqual(few.groups[0], { name: "fish", places: [10, 11, 12], more: "", alt: "fish: 3 pictures to learn from" });
  const many = drawnPictures(data, { ...start, labels: 100, seed: 1 });
  assert.deepEqual(many.groups[1].places.slice(0, 3), few.groups[1].places);
  assert.deepEqual([many.groups[1].places.length, many.groups[1].more, many.columns], [10, "+ 90 more", 50]);
});

test("a state comes back from its text, and what no control has is refused", () => {
  const kept = fields(data);
  for (const state of [start, { ...revealed, labels: 100, seed: 4, guess: never }, { ...start, task: "digits", labels: 2, guess: 7 }]) {
    assert.deepEqual(decode("label-budget", 2, kept, encode("label-budget", 2, kept, state)), { state });
  }
  for (const wrong of [{ labels: 7 }, { seed: 5 }, { task: "faces" }, { guess: 101 }, { guess: 2.5 }]) {
    assert.ok("problem" in decode("label-budget", 2, kept, encode("label-budget", 2, kept, { ...start, ...wrong })), JSON.stringify(wrong));
  }
  assert.equal(taskOf(data, "faces"), shapes);
});
