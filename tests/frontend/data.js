// A small world for the tests: two blocks, two rates, recorded runs of three seeds' worth of nothing but round numbers.

import { readFileSync } from "node:fs";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/freezing_lab/freeze_lab.json", import.meta.url), "utf-8"),
);

/** @param {number} frozen @param {number} learning_rate @param {number} seed @param {[number, number][]} ends */
const run = (frozen, learning_rate, seed, ends) => ({
  locked: [frozen > 0, frozen > 1],
  learning_rate,
  seed,
  curve: ends.map(([target, source], at) => [10 * (at + 1), target, source]),
  drift: [0.1 * (2 - frozen), 0.05],
});

export const data = {
  blocks: [
    { name: "block1", weights: 100, norms: 10, total: 120 },
    { name: "block2", weights: 300, norms: 20, total: 340 },
  ],
  rates: [1e-4, 1e-3],
  steps_per_epoch: 5,
  recorded: { epochs: 4, head: "probe", batchnorm: "inference" },
  runs: [
    run(0, 1e-3, 0, [[0.7, 0.6], [0.9, 0.3]]),
    run(1, 1e-3, 0, [[0.75, 0.9], [0.85, 0.88]]),
    run(2, 1e-3, 0, [[0.8, 0.95], [0.8, 0.95]]),
    run(0, 1e-4, 0, [[0.78, 0.94], [0.82, 0.9]]),
  ],
  missing: "",
  table,
};

export const start = {
  locked: [false, false],
  learning_rate: 1e-3,
  epochs: 4,
  head: "probe",
  batchnorm: "inference",
  seed: 0,
  guess: null,
  revealed: false,
  step: 0,
};
