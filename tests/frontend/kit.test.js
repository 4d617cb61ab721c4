// The kit's logic apart from the page.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { fromX, nearestPlace, outline, path, places, spread, toShare, toX, toY } from "../../course_utils/frontend/kit/curves.js";
import { judgement, points } from "../../course_utils/frontend/kit/judgement.js";
import { depth, isPrefix, learningWords, lockedTo, toggled } from "../../course_utils/frontend/kit/locks.js";
import { clamp, count, fill, percent, scientific, short } from "../../course_utils/frontend/kit/numbers.js";
import { linear, logarithmic, nearest, spaced, ticks } from "../../course_utils/frontend/kit/scale.js";
import { makeStore, same } from "../../course_utils/frontend/kit/store.js";
import { play } from "../../course_utils/frontend/kit/transport.js";

const KIT = new URL("../../course_utils/frontend/kit/", import.meta.url);
const TESTS = new URL("./", import.meta.url);
/** @param {URL} folder @param {string} end */
const texts = (folder, end) => readdirSync(folder).filter((name) => name.endsWith(end)).map((name) => [name, readFileSync(new URL(name, folder), "utf-8")]);

test("every function of a pure module of the kit is imported by a test", () => {
  const imported = texts(TESTS, ".test.js").map(([, text]) => text.match(/^import [^;]+/gm)?.join("\n")).join("\n");
  const pure = texts(KIT, ".js").filter(([, text]) => / Pure\.$/m.test(text));
  assert.ok(pure.length >= 8);
  const missing = pure.flatMap(([name, text]) =>
    [...text.matchAll(/^export function (\w+)/gm)]
      .filter(([, made]) => !new RegExp(`\\{[^}]*\\b${made}\\b[^}]*\\} from "[^"]+/kit/${name}"`).test(imported))
      .map(([, made]) => `${name}: ${made}`),
  );
  assert.deepEqual(missing, []);
});

test("a number stays within its bounds", () => {
  assert.deepEqual([-1, 0, 0.4, 1, 7].map((value) => clamp(value, 0, 1)), [0, 0, 0.4, 1, 1]);
});

test("a guess is close enough, or so many points too high or too low", () => {
  const words = { point: "1 point", points: "{count} points", saw_it: "right", too_high: "{points} too high", too_low: "{points} too low" };
  assert.deepEqual([0, 1, 2].map((count) => points(words, count)), ["0 points", "1 point", "2 points"]);
  assert.deepEqual([77, 80, 85, 79, 86].map((guess) => judgement(words, 3, guess, 0.8)), ["right", "right", "5 points too high", "right", "6 points too high"]);
  assert.equal(judgement(words, 0, 79, 0.8), "1 point too low");
  assert.equal(judgement(words, 3, 80, 0.834), "right"); // what is compared is the percentage that the reader sees
});

test("numbers are written as a reader expects them", () => {
  assert.equal(percent(0.3152), "32%");
  assert.deepEqual([3e-4, 1e-2, 1].map(scientific), ["3e-4", "1e-2", "1e0"]);
  assert.equal(count(578784), "578,784");
  assert.deepEqual([90, 4704, 9960, 294912].map(short), ["90", "4.7 k", "10.0 k", "295 k"]);
  assert.deepEqual([999_499, 999_500, 2_257_984, 23_587_712].map(short), ["999 k", "1.0 M", "2.3 M", "24 M"]);
});

test("a sentence takes its values and refuses to leave a gap", () => {
  assert.equal(fill("{a} of {b}", { a: 1, b: 2 }), "1 of 2");
  assert.throws(() => fill("{a} of {b}", { a: 1 }), /needs a value for \{b\}/);
});

test("a scale and its inverse agree, and both stay within bounds", () => {
  for (const scale of [linear(-2, 6), logarithmic(1e-5, 1e-2)]) {
    for (const place of [0, 0.25, 0.5, 1]) assert.ok(Math.abs(scale.place(scale.value(place)) - place) < 1e-9);
    assert.equal(scale.place(1e9), 1);
  }
  assert.deepEqual([linear(-2, 6).place(-3), logarithmic(1e-5, 1e-2).place(1e-9)], [0, 0]);
  assert.ok(Math.abs(logarithmic(1e-4, 1e-2).value(0.5) - 1e-3) < 1e-12);
});

test("a slider snaps to the stop that is nearest on its scale", () => {
  const stops = [1e-4, 1e-3, 1e-2];
  const scale = logarithmic(1e-4, 1e-2);
  assert.deepEqual([0, 0.2, 0.3, 0.74, 0.8, 1].map((place) => nearest(stops, scale, place)), [0, 0, 1, 1, 2, 2]);
});

test("ticks are round numbers, few enough, from zero to the end", () => {
  assert.deepEqual(ticks(112, 6), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(ticks(112, 3), [0, 50, 100]);
  assert.deepEqual(ticks(7, 7), [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const end of [1, 3, 9.5, 137, 4096]) assert.ok(ticks(end, 6).length <= 7 && ticks(end, 6).at(-1) <= end);
});

test("places in a chart and shares belong to each other", () => {
  const frame = { left: 10, right: 110, top: 0, bottom: 100, xEnd: 50 };
  for (const share of [0, 0.37, 1]) assert.ok(Math.abs(toShare(frame, toY(frame, share)) - share) < 1e-9);
  assert.equal(toShare(frame, -50), 1);
  assert.equal(path(frame, [[0, 0], [25, 0.5], [99, 2]]), "M10.0 100.0L60.0 50.0L110.0 0.0");
  assert.equal(path(frame, []), "");
  assert.equal(outline(frame, [[0, 0.2, 0.4], [50, 0.3, 0.5]]), "M10.0 80.0L110.0 70.0L110.0 50.0L10.0 60.0Z");
  assert.equal(outline(frame, []), "");
});

test("on a logarithmic axis even steps multiply, and a place and its value belong to each other", () => {
  const frame = { left: 10, right: 110, top: 0, bottom: 100, xStart: 1, xEnd: 100 };
  assert.deepEqual([1, 10, 100, 0.5, 200].map((x) => Math.round(toX(frame, x))), [10, 60, 110, 10, 110]);
  for (const x of [1, 5, 37, 100]) assert.ok(Math.abs(fromX(frame, toX(frame, x)) - x) < 1e-9);
  assert.equal(Math.round(fromX(frame, 999)), 100);
});

test("a value has a label where there is room for it", () => {
  assert.deepEqual(spaced([1, 10, 15, 20, 100], (value) => value, 10), [1, 15, 100]);
  assert.deepEqual(spaced([1, 10, 15, 20, 100], Math.log10, 0.3), [1, 10, 20, 100]);
  assert.deepEqual(spaced([], Math.log10, 1), []);
});

test("the read-out goes through every measured place once", () => {
  const lines = [{ points: [[10, 0], [20, 0]] }, { points: [[20, 0], [15, 0]] }];
  assert.deepEqual(places(lines), [10, 15, 20]);
  assert.deepEqual([-5, 12, 13, 99].map((x) => nearestPlace([10, 15, 20], x)), [0, 0, 1, 2]);
  assert.equal(nearestPlace([], 3), 0);
});

test("names at the edge keep their distance, their order and their room", () => {
  const placed = spread([50, 52, 99], 15, 0, 100);
  assert.deepEqual(placed, [50, 65, 99]);
  const crowded = spread([100, 100, 99], 15, 0, 100);
  assert.deepEqual([...crowded].sort((one, other) => one - other), [70, 85, 100]);
  assert.equal(crowded[2], 70);
});

test("the handle's depth counts the locked blocks before the first that learns", () => {
  assert.deepEqual([[], [false, true], [true, false, true], [true, true]].map(depth), [0, 0, 1, 2]);
  assert.deepEqual(lockedTo(3, 2), [true, true, false]);
  assert.deepEqual([[true, false], [false, true], [true, true], [true, false, true]].map(isPrefix), [true, false, true, false]);
  const locked = [true, false, true];
  for (const block of [0, 1, 2]) assert.deepEqual(toggled(toggled(locked, block), block), locked);
});

test("what learns is said in words", () => {
  const names = ["a", "b", "c"];
  assert.equal(learningWords([true, true, true], names), "no block learns, only the head");
  assert.equal(learningWords([false, false, false], names), "all blocks learn");
  assert.equal(learningWords([true, true, false], names), "c learns");
  assert.equal(learningWords([false, true, false], names), "a and c learn");
  const many = ["a", "b", "c", "d", "e", "f", "g"];
  assert.equal(learningWords([true, false, false, false, true, true, true], many), "b, c and d learn");
  assert.equal(learningWords([true, false, false, false, false, true, false], many), "b to e and g learn");
  assert.equal(learningWords([true, true, true, false, false, false, false], many), "d to g learn");
});

test("two fields are the same if their values are, one by one", () => {
  assert.ok(same(NaN, NaN) && same(null, null) && same([1, "a"], [1, "a"]) && same([], []));
  assert.ok(!same(0, "0") && !same([1], [1, 2]) && !same([1, 2], [2, 1]) && !same([1], 1) && !same(null, []));
});

test("a store tells of changes and of nothing else", () => {
  const store = makeStore({ one: 1, list: [1, 2] });
  /** @type {unknown[]} */
  const heard = [];
  store.listen((state, before) => heard.push([before.one, state.one]));
  store.set({ one: 1, list: [1, 2] });
  store.set({ one: 2 });
  assert.deepEqual(heard, [[1, 2]]);
  assert.deepEqual(store.get(), { one: 2, list: [1, 2] });
});

test("playing shows every place, stops when asked, and jumps to the end with less motion", () => {
  /** @param {{ still?: boolean, until?: number }} how */
  const played = ({ still = false, until = Infinity }) => {
    /** @type {number[]} */
    const shown = [];
    play(0, 4, (place) => shown.push(place), { still, later: (act) => act(), goes: () => shown.length < until });
    return shown;
  };
  assert.deepEqual(played({}), [0, 1, 2, 3, 4]);
  assert.deepEqual(played({ until: 2 }), [0, 1]);
  assert.deepEqual(played({ still: true }), [4]);
});
