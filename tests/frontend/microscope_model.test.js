// What the layer microscope shows and says, from its state and the maps that are there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { heatColour } from "../../course_utils/frontend/kit/heat_canvas.js";
import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { cellBox, fieldBox, placeOf, seen, strongest, unitAt } from "../../course_utils/frontend/kit/units.js";
import { fields, fitted, follows, LAST, startOf } from "../../course_utils/labs/microscope_lab/microscope_data.js";
import { placeWords, reading, responseWords, view } from "../../course_utils/labs/microscope_lab/microscope_model.js";
import { makeStock } from "../../course_utils/labs/microscope_lab/microscope_stock.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/microscope_lab/microscope.json", import.meta.url), "utf-8"),
);
const FINE = { size: 7, stride: 2, start: -2 };
const data = {
  network: "small",
  side: 8,
  pictures: ["one", "two"],
  blocks: [
    { name: "block1", width: 20, channels: [3, 0, 7], size: [4, 4], field: FINE, scale: 2, opens: [3, 0] },
    { name: "block2", width: 40, channels: Array.from({ length: 30 }, (_, number) => 39 - number), size: [2, 2], field: { size: 19, stride: 4, start: -6 }, scale: 5, opens: [39, 38] },
  ],
  start: { picture: 0, block: "block1", channel: 3 },
  table,
};
const { words } = table;
const start = startOf(data);

/** The maps of block1: channel 3 peaks in the last unit but one, channel 0 is silent, channel 7 reaches twice the scale. */
const levels = new Uint8Array(48);
levels.set([0, 51, 255, 210], 12);
levels.set([255], 32);
const maps = { peaks: [1.5, 0, 4], levels };
const shown = (/** @type {object} */ change = {}, /** @type {object} */ more = {}) => view(data, { ...start, ...change }, { maps, pointed: null, ...more });

test("a place in the picture and the unit that lies there belong to each other", () => {
  for (const unit of [0, 5, 15]) {
    const { left, top, width, height } = cellBox([4, 4], unit);
    assert.equal(unitAt([4, 4], left + width / 2, top + height / 2), unit);
  }
  assert.equal(unitAt([4, 6], 2, -1), 5);
  assert.deepEqual(placeOf([4, 6], 13), [2, 1]);
});

test("a unit sees a square of pixels, as far as it lies in the picture", () => {
  assert.deepEqual([0, 1, 3].map((unit) => seen(FINE, 8, unit)), [[0, 5], [0, 7], [4, 8]]);
  assert.deepEqual(fieldBox(FINE, 8, [4, 4], 4), { left: 0, top: 0, width: 5 / 8, height: 7 / 8 });
  assert.deepEqual(fieldBox({ size: 19, stride: 4, start: -6 }, 8, [2, 2], 3), { left: 0, top: 0, width: 1, height: 1 });
});

test("the strongest unit is the first of the highest, and there is none in silence", () => {
  assert.equal(strongest(new Uint8Array([0, 9, 9])), 1);
  assert.equal(strongest(new Uint8Array(4)), null);
});

test("the colours get lighter evenly, from nearly black to nearly white", () => {
  const light = (/** @type {number} */ share) => {
    const [red, green, blue] = heatColour(share).map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 116 * Math.cbrt(0.2126 * red + 0.7152 * green + 0.0722 * blue + 1e-9) - 16;
  };
  const steps = Array.from({ length: 9 }, (_, number) => light(number / 8));
  const rises = steps.slice(2).map((at, number) => at - steps[number + 1]);
  assert.ok(rises.every((rise) => rise > 7 && rise < 16), String(rises));
  assert.deepEqual(heatColour(-1), heatColour(0));
  assert.deepEqual(heatColour(2), [252, 253, 191]);
});

test("before the reveal a flag asks for it, and no answer is given away", () => {
  const before = shown({}, { pointed: 14 });
  assert.match(before.result, /^Where in your picture will channel 3 answer most\?/);
  assert.equal(before.reading, "Row 4, column 3 sees the outlined 6 × 4 pixels.");
  assert.deepEqual([before.open, before.best, before.bestCell], [false, null, null]);
  assert.match(shown({ guess: 0 }).result, /most at the top left\. Reveal it\.$/);
});

test("a place has a name in thirds of the picture", () => {
  assert.deepEqual([0, 5, 10, 15].map((unit) => placeWords(words, [4, 4], unit)), ["at the top left", "in the centre", "in the centre", "at the bottom right"]);
  assert.deepEqual([0, 1, 2, 3].map((unit) => placeWords(words, [2, 2], unit)), ["at the top left", "at the top right", "at the bottom left", "at the bottom right"]);
  assert.equal(placeWords(words, [1, 1], 0), "in the centre");
});

test("the reveal says where the channel answers, and how much it does so at the flag", () => {
  const result = (/** @type {number | null} */ guess) => shown({ revealed: true, guess }).result;
  assert.equal(result(null), "Channel 3 answers most at the bottom.");
  assert.match(result(14), /at your flag, 100% as much: you saw it coming\.$/);
  assert.match(result(15), /at your flag, 82% as much: you saw it coming\.$/);
  assert.match(result(13), /at your flag, 20% as much: a miss\.$/);
  levels[13] = 120;
  assert.match(result(13), /at your flag, 47% as much: close\.$/);
  levels[13] = 51;
});

test("what is pointed at is read with its response; otherwise the strongest place", () => {
  const open = shown({ revealed: true });
  assert.equal(open.unit, 14);
  assert.equal(open.reading, "Row 4, column 3 answers 1.5; it sees the outlined 6 × 4 pixels.");
  assert.equal(shown({ revealed: true }, { pointed: 0 }).reading, "Row 1, column 1 answers 0.00; it sees the outlined 5 × 5 pixels.");
  assert.equal(reading(data, data.blocks[1], 0, null), "Row 1, column 1 sees the whole picture.");
  assert.deepEqual([0.04, 3.14159, 31.4].map(responseWords), ["0.04", "3.1", "31"]);
});

test("a channel that does not answer says so, and an answer that is not here yet is waited for", () => {
  assert.equal(shown({ channel: 0, revealed: true, guess: 3 }).result, "Channel 0 does not answer to this picture. Try another picture.");
  const waiting = shown({ revealed: true }, { maps: null });
  assert.deepEqual([waiting.result, waiting.open, waiting.reading], [words.waiting, false, ""]);
});

test("all channels of a block share one scale", () => {
  assert.equal(shown({ channel: 3 }).response?.full, (255 * 2) / 1.5); // a weak peak does not reach the last colour
  assert.equal(shown({ channel: 7 }).response?.full, 127.5); // half of a strong one does
});

test("channels come in sheets, and the chosen one is on the sheet that is shown", () => {
  const at = view(data, { ...start, block: "block2", channel: 26 }, { maps: null, pointed: null });
  assert.deepEqual([at.sheet, at.sheets, at.pager], [1, 3, "13–24 of 30"]);
  assert.ok(at.channels.includes(26) && at.channels.length === 12);
  assert.equal(view(data, { ...start, block: "block2", channel: 10 }, { maps: null, pointed: null }).pager, "25–30 of 30");
});

test("another block opens on a channel that the picture excites, and a guess does not outlive its channel", () => {
  const before = { ...start, picture: 1, guess: 5, step: 3 };
  const change = { block: "block2" };
  assert.deepEqual(follows(data, before, { ...before, ...change }), { channel: 38, guess: null, step: LAST });
  assert.deepEqual(follows(data, before, { ...before, ...change, channel: 39 }), { guess: null, step: LAST });
  assert.deepEqual(follows(data, before, { ...before, channel: 7 }), { guess: null, step: LAST });
  assert.deepEqual(follows(data, before, { ...before, seed: 4 }), { step: LAST });
  assert.deepEqual(follows(data, before, { ...before, revealed: true, guess: 6 }), {});
});

test("a state is read from its link, and one of another network is refused in a sentence", () => {
  const state = { ...start, block: "block2", channel: 30, guess: 3, revealed: true };
  const text = encode("microscope", table.version, fields(data), { ...state, network: "small" });
  assert.deepEqual(decode("microscope", table.version, fields(data), text), { state: { ...state, network: "small" } });
  const other = { ...data, network: "large" };
  assert.match(decode("microscope", table.version, fields(other), text).problem, /no network "small"/);
  assert.match(decode("microscope", 9, fields(data), text).problem, /version 2 .* version 9/);
});

test("a state that fits no map of its block is made to fit", () => {
  assert.deepEqual(fitted(data, { ...start, channel: 39, guess: 15 }), { ...start, channel: 3, guess: null });
  assert.equal(fitted(data, { ...start, block: "block2", channel: 39, guess: 15 }).guess, null);
  assert.deepEqual(fitted(data, { ...start, guess: 15 }), { ...start, guess: 15 });
});

test("what is missing is asked for once, and kept", () => {
  /** @type {[string, object][]} */
  const asked = [];
  const stock = makeStock(data, (command, more) => asked.push([command, more]));
  for (let time = 0; time < 3; time += 1) {
    assert.equal(stock.maps(0, "block1"), null);
    assert.equal(stock.favourites("block2", 1), null);
  }
  assert.deepEqual(asked, [["maps", { picture: 0, block: "block1" }], ["favourites", { block: "block2", sheet: 1 }]]);
  stock.takeMaps({ picture: 0, block: "block1", peaks: [1], levels: btoa("\x00\xff") });
  stock.takeFavourites({ block: "block2", sheet: 1, picture: "sheet" });
  assert.deepEqual(stock.maps(0, "block1"), { peaks: [1], levels: new Uint8Array([0, 255]) });
  assert.equal(stock.favourites("block2", 1), "sheet");
  assert.equal(asked.length, 2);
});

test("what is kept has an end, and what went is asked for again", () => {
  let asked = 0;
  const stock = makeStock(data, () => (asked += 1));
  stock.maps(0, "block1");
  for (let picture = 0; picture < 130; picture += 1) stock.takeMaps({ picture, block: "block1", peaks: [], levels: "" });
  assert.equal(stock.maps(0, "block1"), null);
  assert.equal(asked, 2);
});

test("a page has its maps, favourites and drawings from the start", () => {
  const stock = makeStock(
    { ...data, maps: { "1/block1": { peaks: [2], levels: btoa("\x01") } }, favourites: { "block1/0": "sheet" }, drawings: { "block1/3/0": "row" } },
    null,
  );
  assert.deepEqual(stock.maps(1, "block1"), { peaks: [2], levels: new Uint8Array([1]) });
  assert.equal(stock.maps(0, "block1"), null);
  assert.equal(stock.favourites("block1", 0), "sheet");
  assert.deepEqual(stock.frames("block1", 3, 0).map(({ step }) => step), table.frames);
  assert.deepEqual(stock.frames("block1", 3, 1), []);
});

test("frames of a drawing come in order, and an earlier step begins it again", () => {
  const stock = makeStock(data, null);
  const of = { block: "block1", channel: 3, seed: 0 };
  for (const step of [1, 4, 9]) stock.takeFrame(of, step, `at ${step}`);
  assert.deepEqual(stock.frames("block1", 3, 0).map(({ step }) => step), [1, 4, 9]);
  stock.takeFrame(of, 2, "again");
  assert.deepEqual(stock.frames("block1", 3, 0), [{ step: 2, sheet: "again", columns: 1, column: 0 }]);
});
