// What the rank slider shows and says, from its state and a few made-up cells.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { cellAt, fields, smallest, startOf, view } from "../../course_utils/labs/rank_lab/rank_model.js";

const table = JSON.parse(readFileSync(new URL("../../course_utils/labs/rank_lab/rank_slider.json", import.meta.url), "utf-8"));
/** @type {(rank: number, learning_rate: number, target: number, best?: boolean) => any} */
const cell = (rank, learning_rate, target, best = false) => ({ rank, learning_rate, target, low: target - 0.02, high: target + 0.02, source: 0.4, validation: target - 0.1, best });
const cells = [cell(0, 0.0003, 0.9, true), cell(0, 0.001, 0.88), cell(4, 0.001, 0.87, true), cell(8, 0.001, 0.895), cell(8, 0.003, 0.893, true), cell(64, 0.001, 0.91, true)];
const data = {
  cells: { scans: cells, "photo-textures": [cell(0, 0.001, 0.95, true), cell(64, 0.001, 0.9, true)] },
  weights: { 0: 576096, 1: 4563, 2: 9126, 4: 18252, 8: 36504, 16: 73008, 32: 146016, 64: 292032 },
  missing: "",
  table,
};
const start = startOf(data);
const revealed = { ...start, revealed: true };

test("before the reveal only what a rank weighs is told", () => {
  const seen = view(data, start);
  assert.match(seen.result, /^Which is the smallest rank/);
  assert.equal(seen.stateLine, "Rank 8 trains 36,504 weights: 146 kB on disk, and twice that in Adam's memory.");
  assert.equal(view(data, { ...start, rank: 0 }).stateLine, "Full fine-tuning trains 576,096 weights: 2.3 MB on disk, and twice that in Adam's memory.");
  assert.ok(seen.rows.flat().every(({ text, share }) => (text === "" || text === "–") && share === null));
  assert.equal(view(data, { ...start, guess: 16 }).result, "You say 16. Reveal what was measured.");
});

test("the smallest rank is found among the best rates alone", () => {
  assert.equal(smallest(data, "scans")?.rank, 8);
  assert.equal(smallest(data, "photo-textures"), null);
  assert.equal(view(data, { ...revealed, guess: 8 }).result, "By validation pictures, rank 8. On the test pictures it is 0.7 points behind; full fine-tuning has 90%. As you said.");
  assert.match(view(data, { ...revealed, guess: 64 }).result, /You said 64\.$/);
  assert.equal(view(data, { ...revealed, task: "photo-textures" }).result, "No rank comes that close; full fine-tuning has 95%.");
});

test("validation pictures choose the rank, and the test pictures say how far behind it is", () => {
  const lucky = { ...cell(1, 0.003, 0.85, true), validation: 0.82 };
  const seen = { ...data, cells: { scans: [...cells, lucky] } };
  assert.equal(smallest(seen, "scans")?.rank, 1);
  assert.match(view(seen, revealed).result, /^By validation pictures, rank 1\. On the test pictures it is 5\.0 points behind/);
});

test("a cell has both numbers, and the best rate a star", () => {
  const shown = view(data, revealed).rows.flat();
  const best = shown.find(({ name }) => name.startsWith("rank 8, rate 3e-3"));
  assert.deepEqual([best?.text, best?.note, best?.mark], ["89%", "40%", "best"]);
  assert.equal(best?.name, "rank 8, rate 3e-3: target 89%, source left 40%");
  assert.equal(shown.find(({ name }) => name.startsWith("rank 2, rate 1e-3"))?.name, "rank 2, rate 1e-3: not recorded");
  assert.match(view(data, revealed).stateLine, /^Rank 8, rate 1e-3: target 90%, source left 40% \(over five seeds 88% to 92%\)/);
  assert.equal(cellAt(data, { ...start, rank: 2 }), null);
});

test("a state comes back from its text; full fine-tuning is no guess", () => {
  const named = fields(data);
  for (const state of [start, { ...revealed, guess: 32, rank: 0, learning_rate: 0.0001 }]) {
    assert.deepEqual(decode("rank-slider", 1, named, encode("rank-slider", 1, named, state)), { state });
  }
  const wrong = encode("rank-slider", 1, named, { ...start, guess: 0 });
  assert.match(/** @type {any} */ (decode("rank-slider", 1, named, wrong)).problem, /no guess/);
});

test("without recordings the lab says why", () => {
  const seen = view({ ...data, cells: {}, missing: "The recording is damaged." }, start);
  assert.equal(seen.result, "The recording is damaged.");
  assert.ok(!seen.canReveal);
});
