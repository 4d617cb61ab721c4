// What the map of depth and rate shows and says, from its state, the recorded runs and the live run.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { moved } from "../../course_utils/frontend/kit/heat_map.js";
import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { fields, follows, startOf } from "../../course_utils/labs/map_lab/map_data.js";
import { fillOrder, view } from "../../course_utils/labs/map_lab/map_model.js";
import { cellName, noise } from "../../course_utils/labs/map_lab/map_sentences.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/map_lab/depth_rate_map.json", import.meta.url), "utf-8"),
);
const RATES = [1e-4, 1e-3];

/** @param {number} blocks @param {number} learning_rate @param {number} target @param {number} source */
const cell = (blocks, learning_rate, target, source) => ({
  blocks,
  learning_rate,
  target: [target, target - 0.02, target + 0.02],
  source: [source, source - 0.1, source],
  test: target - 0.03,
});
/** @param {ReturnType<typeof cell>} at @param {number} seed */
const run = ({ blocks, learning_rate, target, source }, seed) => ({
  blocks,
  learning_rate,
  seed,
  curve: [
    [10, 0.5, 0.9],
    [20, target[seed], source[seed]],
  ],
});
const cells = [
  cell(0, 1e-4, 0.8, 0.96),
  cell(0, 1e-3, 0.8, 0.96),
  cell(1, 1e-4, 0.82, 0.95),
  cell(1, 1e-3, 0.89, 0.9),
  cell(2, 1e-4, 0.84, 0.94),
  cell(2, 1e-3, 0.91, 0.4),
];
const data = {
  blocks: ["block1", "block2"],
  rates: RATES,
  steps: 20,
  batch: 32,
  pictures: 200,
  cells,
  best: [2, 1e-3],
  ties: [[1, 1e-3]],
  noise: 0.041,
  runs: cells.flatMap((at) => [0, 1, 2].map((seed) => run(at, seed))),
  missing: "",
  table,
};
const start = startOf(data);
const revealed = { ...start, blocks: 2, revealed: true, guess: [1, 1e-4] };
const see = (state, more = {}) => view(data, state, { live: null, filled: null, canRun: true, ...more });
const names = (seen) => seen.rows.flat().map(({ name }) => name);
const found = (seen, what) => names(seen).filter((name) => name.includes(what));
const live = (change = {}) => ({
  setting: { blocks: 2, learning_rate: 1e-3, seed: 7 },
  curve: [[10, 0.6, 0.7], [20, 0.88, 0.5]],
  step: 20,
  total: 20,
  loss: 0.3,
  outcome: "",
  ...change,
});

test("before the reveal only the frozen network is given away", () => {
  const seen = see({ ...start, guess: [1, 1e-3] });
  assert.deepEqual(seen.rows.map((row) => row.map(({ text }) => text)), [["", ""], ["", ""], ["80", "80"]]);
  assert.equal(found(seen, "not revealed yet").length, 4);
  assert.deepEqual(found(seen, "your flag"), ["1 block at 1e-3: not revealed yet, your flag"]);
  assert.deepEqual(seen.rows.flat().filter(({ mark }) => mark), []);
  assert.equal(seen.luck, "");
  assert.ok(seen.canReveal);
  const other = see({ ...start, blocks: 2 });
  assert.deepEqual([other.lines, other.places], [[], []]);
  assert.match(other.name, /^2 blocks at 1e-3: not revealed/);
  assert.match(see(start).result, /^A frozen network gets 80% .* Plant your flag/);
  assert.match(see({ ...start, guess: [2, 1e-4] }).result, /^You expect 2 blocks at 1e-4/);
});

test("the reveal fills cell by cell and the best one last", () => {
  const order = fillOrder(data, "target");
  assert.equal(order.length, 4);
  assert.deepEqual(order.at(-1), data.best);
  const half = see({ ...start, guess: [1, 1e-3] }, { filled: 2 });
  assert.deepEqual(half.rows.flat().map(({ text }) => text), ["84", "", "82", "", "80", "80"]);
  assert.deepEqual(half.rows.flat().filter(({ mark }) => mark), []);
  assert.match(half.result, /^You expect/);
});

test("after it every cell has a number, a band, a colour and its marks, and the flag stays", () => {
  const seen = see(revealed);
  assert.deepEqual(seen.rows.flat().map(({ text, note }) => `${text} ${note}`), [
    "84 82–86", "91 89–93", "82 80–84", "89 87–91", "80 78–82", "80 78–82",
  ]);
  assert.deepEqual(seen.rows.flat().map(({ mark }) => mark), ["", "best", "", "tie", "", ""]);
  assert.deepEqual(found(seen, "your flag"), ["1 block at 1e-4: 82% of the target, 80% to 84% by seed, your flag"]);
  assert.deepEqual(seen.rows.flat().map(({ share }) => share).filter((share) => share < 0 || share > 1), []);
  assert.equal(seen.rows[0][1].share, 1);
  assert.deepEqual(seen.ends, ["80%", "91%"]);
  assert.match(seen.luck, /^Best of 6 on validation pictures: 91%\. On test pictures.*: 88%/);
});

test("the verdict counts the points that the printed numbers show, and calls noise noise", () => {
  assert.equal(see(revealed).result, "Your cell reaches 82%, the best 91%: 9 points behind.");
  assert.match(see({ ...revealed, guess: [1, 1e-3] }).result, /^Your cell reaches 89%, the best 91%: within the noise/);
  assert.match(see({ ...revealed, guess: [2, 1e-3] }).result, /^You found it: 2 blocks at 1e-3 is the best of 6 cells/);
  assert.match(see({ ...revealed, guess: null }).result, /^The best of 6 cells is 2 blocks at 1e-3/);
  assert.match(noise(data), /within 4 points, two standard errors on 200 pictures/);
  assert.match(noise({ ...data, noise: 0.01 }), /within 1 point,/);
});

test("a cell that misses the noise by less than the printed numbers show is said to", () => {
  const near = { ...data, cells: data.cells.map((at) => (at.blocks === 1 && at.learning_rate === 1e-4 ? { ...at, target: [0.868, 0.85, 0.88] } : at)) };
  const seen = view(near, revealed, { live: null, filled: null, canRun: true });
  assert.equal(seen.result, "Your cell reaches 87%, the best 91%: 4 points behind, just outside the noise.");
});

test("another cell is compared with the best one, on both tasks", () => {
  const opened = see({ ...revealed, blocks: 2, learning_rate: 1e-4 });
  assert.equal(opened.result, "2 blocks at 1e-4 gets 84% of the scans right, 7 points behind the best, and keeps 94% of the source.");
  assert.match(see({ ...revealed, blocks: 1 }).result, /as good as the best, and keeps 90% of the source/);
});

test("the source's map says what the best cell costs, or that it costs nothing", () => {
  const seen = see({ ...revealed, task: "source" });
  assert.equal(seen.result, "The best cell keeps only 40% of the source. 1 block at 1e-3 is as good within the noise and keeps 90%.");
  assert.deepEqual(seen.rows[0].map(({ text, mark }) => [text, mark]), [["94", ""], ["40", "best"]]);
  const cheap = { ...data, best: [1, 1e-3], ties: [[2, 1e-3]] };
  assert.match(view(cheap, { ...revealed, blocks: 1, task: "source" }, { live: null, filled: null, canRun: true }).result, /also keeps most of the source: 90%/);
});

test("the open run is replayed with the band of all seeds, beside the flag's run", () => {
  const seen = see(revealed);
  assert.deepEqual(seen.lines.map(({ name, kind }) => `${name} ${kind}`), ["target ghost", "source ghost", "target recorded", "source recorded"]);
  const band = seen.lines[2].band?.at(-1) ?? [];
  assert.deepEqual(band.map((share) => Math.round(100 * share)), [2000, 89, 93]);
  assert.ok(seen.ghost && !see({ ...revealed, guess: [2, 1e-3] }).ghost);
  assert.deepEqual([seen.places, seen.at], [[10, 20], 1]);
  const first = see({ ...revealed, step: 10 });
  assert.deepEqual(first.lines[2].points, [[10, 0.5]]);
  assert.equal(first.at, 0);
});

test("a seed without a recording says so, and where to run it", () => {
  const other = { ...revealed, seed: 50 };
  assert.match(see(other).result, /Run it for real/);
  assert.match(see(other, { canRun: false }).result, /The lesson runs it/);
  assert.deepEqual(see(other).places, []);
});

test("without a recording the lab says why, and its cells stay empty", () => {
  const empty = { ...data, cells: [], runs: [], best: null, ties: [], missing: "The recording is damaged." };
  for (const state of [start, revealed]) {
    const seen = view(empty, state, { live: null, filled: null, canRun: true });
    assert.equal(seen.result, "The recording is damaged.");
    assert.deepEqual(seen.rows.flat().map(({ text }) => text).join(""), "");
    assert.ok(!seen.canReveal);
  }
});

test("a live run is shown in its own cell and nowhere else, and compared when it has ended", () => {
  const here = { ...revealed, seed: 7 };
  const going = see(here, { live: live() });
  assert.deepEqual(going.lines.map(({ kind }) => kind), ["live", "live"]);
  assert.deepEqual(going.lines[0].band?.at(-1)?.map((share) => Math.round(100 * share)), [2000, 89, 93]);
  const own = see({ ...revealed, seed: 0 }, { live: live({ setting: { blocks: 2, learning_rate: 1e-3, seed: 0 } }) });
  assert.deepEqual(own.lines.map(({ kind, band }) => `${kind} ${band !== undefined}`).slice(2), [
    "recorded true", "recorded true", "live false", "live false",
  ]);
  assert.ok(going.live);
  assert.deepEqual(found(going, "running for real"), ["2 blocks at 1e-3: 91% of the target, 89% to 93% by seed, best on the target, running for real"]);
  const away = see({ ...here, blocks: 1 }, { live: live() });
  assert.ok(!away.live);
  assert.equal(found(away, "running for real").length, 1);
  const ended = see(here, { live: live({ outcome: "done" }) });
  assert.ok(ended.told && !going.told);
  assert.equal(ended.result, "Run for real, 2 blocks at 1e-3 ends at 88% on the target and 50% on the source; recorded: 89% to 93% and 30% to 40%.");
  assert.equal(found(ended, "running for real").length, 0);
  assert.match(see(here, { live: live({ outcome: "stopped" }) }).result, /^Your cell reaches/);
});

test("a live run shows its cell's curves before the reveal, and gives no other cell away", () => {
  const seen = see({ ...start, blocks: 2, seed: 7 }, { live: live() });
  assert.equal(seen.name, "2 blocks at 1e-3");
  assert.equal(found(seen, "not revealed yet").length, 4);
});

test("another run is shown to its end", () => {
  const before = { ...revealed, step: 10 };
  assert.deepEqual(follows(data, before, { ...before, blocks: 1 }), { step: 20 });
  assert.deepEqual(follows(data, before, { ...before, task: "source" }), {});
});

test("a state comes back from its text; a cell that the map does not have does not", () => {
  const kept = fields(data);
  for (const state of [start, revealed, { ...revealed, task: "source", guess: [0, 1e-4], step: 0, seed: 99 }]) {
    assert.deepEqual(decode("depth-rate-map", 2, kept, encode("depth-rate-map", 2, kept, state)), { state });
  }
  for (const guess of [[3, 1e-3], [1, 0.5], [1], [1, 1e-3, 1], ["a", "b"]]) {
    const text = encode("depth-rate-map", 2, kept, { ...start, guess });
    assert.match(/** @type {any} */ (decode("depth-rate-map", 2, kept, text)).problem, /no guess/);
  }
});

test("a cell has a name in words", () => {
  assert.deepEqual([[0, 1e-2], [1, 3e-4]].map((at) => cellName(table.words, /** @type {any} */ (at))), ["0 blocks at 1e-2", "1 block at 3e-4"]);
});

test("keys move within the grid, and other keys do not", () => {
  const press = (key, at, ctrlKey = false) => moved({ key, ctrlKey }, at, [3, 2]);
  assert.deepEqual(press("ArrowUp", [0, 0]), [0, 0]);
  assert.deepEqual(press("ArrowDown", [1, 1]), [2, 1]);
  assert.deepEqual(press("ArrowRight", [1, 1]), [1, 1]);
  assert.deepEqual(press("Home", [2, 1]), [2, 0]);
  assert.deepEqual(press("End", [0, 0], true), [2, 1]);
  assert.equal(press("a", [0, 0]), null);
});
