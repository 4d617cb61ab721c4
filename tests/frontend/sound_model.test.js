// What the sound microscope shows and says, from its state and recorded looks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { counts, fields, follows, hertz, loudest, nearest, shades, shared, startOf, view } from "../../course_utils/labs/sound_lab/sound_model.js";

const table = JSON.parse(readFileSync(new URL("../../course_utils/labs/sound_lab/sound_microscope.json", import.meta.url), "utf-8"));
const sound = (/** @type {string} */ vowel, /** @type {string} */ voice, /** @type {number[]} */ first, /** @type {number[]} */ last) => ({
  ...{ vowel, voice, picture: "0z".padEnd(80, "0"), wave: "" },
  near: [...Array(5).fill(first), last],
});
// In the first layers sounds of one voice are alike, in the last those of one vowel.
const data = {
  sounds: [
    sound("ee", "voice 07", [100, 90, 10, 0], [100, 10, 90, 0]),
    sound("ah", "voice 07", [90, 100, 0, 10], [10, 100, 0, 90]),
    sound("ee", "voice 01", [5, 0, 100, 10], [90, 0, 100, 10]),
    sound("ah", "voice 01", [0, 5, 10, 100], [0, 90, 10, 100]),
  ],
  vowels: ["ee", "ah"],
  voices: ["voice 07", "voice 01"],
  probes: {},
  missing: "",
  table,
};
const start = startOf(data);

test("it asks before a guess, and only a guess can be revealed", () => {
  const seen = view(data, start);
  assert.equal(seen?.result, '"ee" of voice 07: what does the nearest sound share with it, in block4? Guess.');
  assert.equal(seen?.canReveal, false);
  const guessed = view(data, { ...start, guess: "voice" });
  assert.equal(guessed?.canReveal, true);
  assert.equal(guessed?.result, "You expect the same voice. Reveal the nearest.");
});

test("the nearest is never the sound itself, and depends on the layer", () => {
  assert.deepEqual(nearest(data, 0, 5).map(({ number }) => number), [2, 1, 3]);
  assert.equal(nearest(data, 0, 0)[0].number, 1);
  assert.equal(view(data, { ...start, guess: "vowel", revealed: true })?.result, 'Nearest in block4: "ee" of voice 01, the same vowel, as you guessed.');
  assert.equal(
    view(data, { ...start, layer: 0, guess: "vowel", revealed: true })?.result,
    'Nearest in log-mel: "ah" of voice 07, the same voice. You guessed the same vowel.',
  );
});

test("what two sounds share, and how many sounds share it with their nearest", () => {
  assert.equal(shared(data.sounds[0], data.sounds[3]), "neither");
  assert.deepEqual(counts(data, 5), { vowel: 4, voice: 0 });
  assert.deepEqual(counts(data, 0), { vowel: 0, voice: 4 });
});

test("another sound is another question, another layer is not", () => {
  assert.deepEqual(follows(start, { ...start, vowel: "ah" }), { guess: null, revealed: false });
  assert.deepEqual(follows(start, { ...start, layer: 1 }), {});
  assert.equal(view({ ...data, sounds: [] }, start), null);
});

test("shades run from 0 to 1, and bands are told in hertz as the mel scale has them", () => {
  assert.deepEqual(shades("0z"), [0, 1]);
  assert.equal(hertz(14.5, 45.2455), 1000 * (15 / 15)); // 45.2455 mels reach 8,000 Hz, 15 reach 1,000
  assert.ok(hertz(39, 40) > 7000);
  const picture = Array.from({ length: 40 }, (_, band) => (band === 4 || band === 25 ? "z" : "0")).join("");
  const { low, high } = loudest(picture, 40);
  assert.equal(low, hertz(4, 40));
  assert.equal(high, hertz(25, 40));
});

test("a link brings the same state back", () => {
  const state = { ...start, vowel: "ah", layer: 2, guess: "neither", revealed: true };
  assert.deepEqual(decode("sound-microscope", 1, fields(data), encode("sound-microscope", 1, fields(data), state)), { state });
});
