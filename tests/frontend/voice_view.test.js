// What the lab on one's own voice says, from the takes and from what was heard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { advice, enough, guessed, leadsOn, outline, tallies } from "../../course_utils/labs/voice_lab/own_voice_view.js";

const { words } = JSON.parse(readFileSync(new URL("../../course_utils/labs/voice_lab/own_voice.json", import.meta.url), "utf-8"));
const takes = (/** @type {number} */ yes, /** @type {number} */ no) =>
  [["yes", yes], ["no", no]].map(([word, count]) => ({
    word: String(word),
    takes: Array.from({ length: Number(count) }, (_, number) => ({ name: `take_${number}.wav`, wave: "" })),
  }));
/** @type {Record<string, [number, number]>} */
const rounds = { Whisper: [4, 4], "log-mel": [3, 4] };
const taught = { rounds, seconds: 0.94 };
/** @type {(first: string, second: string) => import("../../course_utils/labs/voice_lab/own_voice_view.js").Told} */
const told = (first, second) => ({ Whisper: [[first, 0.81]], "log-mel": [[second, 0.5]] });

test("it says what is missing, and one button leads on", () => {
  assert.equal(advice(words, takes(0, 0), null, false), words.begin);
  assert.equal(advice(words, takes(1, 0), null, false), "1 take. Record another round: every word needs two takes or more.");
  assert.equal(advice(words, takes(2, 2), null, false), "4 takes. Teach it now, or record another round first.");
  assert.equal(
    advice(words, takes(2, 2), taught, false),
    "Learned in 0.9 s. Each round guessed from the others: Whisper 4 of 4, log-mel 3 of 4. Now say a word that it hasn't heard.",
  );
  assert.equal(advice(words, takes(3, 2), taught, true), "5 takes, some of them new. Teach it again.");
  assert.deepEqual([takes(2, 1), takes(2, 2)].map(enough), [false, true]);
  assert.deepEqual(
    [leadsOn(takes(2, 1), taught, false), leadsOn(takes(2, 2), null, false), leadsOn(takes(2, 2), taught, true), leadsOn(takes(2, 2), taught, false)],
    ["round", "teach", "teach", "listen"],
  );
});

test("what was heard counts for whoever spoke, and only where the word was right", () => {
  assert.match(guessed(words, told("yes", "no")), /^Heard: "yes" \(Whisper, 81%\), "no" \(log-mel, 50%\)\./);
  /** @type {import("../../course_utils/labs/voice_lab/own_voice_view.js").Trial[]} */
  const trials = [
    { who: "other", word: "no", told: told("yes", "no") },
    { who: "me", word: "yes", told: told("yes", "yes") },
    { who: "me", word: "no", told: told("no", "yes") },
  ];
  assert.deepEqual(tallies(words, trials), ["You: Whisper 2 of 2, log-mel 1 of 2", "Somebody else: Whisper 0 of 1, log-mel 1 of 1"]);
  assert.deepEqual(tallies(words, []), []);
});

test("an outline is loud where the wave is, in both directions", () => {
  const wave = Array.from({ length: 1000 }, (_, at) => (at >= 500 ? -0.5 : 0));
  const points = outline(wave, 0.5).split(" ").map((point) => point.split(",").map(Number));
  assert.equal(points.length, 100);
  assert.ok(points.every(([x, y]) => x >= 0 && x <= 100 && y >= 0 && y <= 40));
  assert.deepEqual(points[0], [1, 19.5]);
  assert.deepEqual(points[49], [99, 1.5]);
  assert.deepEqual(points[50], [99, 38.5]);
});

test("while a recording goes on, its outline fills the box from the left", () => {
  const half = outline(Array(500).fill(1), 1, 1000).split(" ").map((point) => Number(point.split(",")[1]));
  assert.equal(half[0], 1.5);
  assert.equal(half[49], 19.5);
});
