// What the strategy map shows and says, from its state and the advisor's answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { answerAt, fields, signed, startOf, view } from "../../course_utils/labs/strategy_lab/strategy_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/strategy_lab/strategy_map.json", import.meta.url), "utf-8"),
);
const strategies = Object.keys(table.letters);
/** @type {(strategy: string, there: number, times: number) => any} */
const option = (strategy, there, times) => ({ strategy, there, lead: [5 - there, -2, 9], times });
const data = {
  answers: [
    {
      labels: 5,
      head_start: 20,
      strategy: "LP-FT",
      cheaper: "top block",
      winner: "top block",
      options: [option("LP-FT", 1, 400), option("top block", 0, 90), option("features, last block", 6, 1)],
      cells: [{ task: "tissue", labels: 5, head_start: 24 }],
    },
    { labels: 500, head_start: 70, strategy: null, cheaper: null, winner: null, options: [], cells: [{ task: "shapes", labels: 100, head_start: 60 }] },
  ],
  strategies,
  good: 2,
  missing: "",
  table,
};
const start = startOf(data);
const revealed = { ...start, revealed: true };
/** @param {any} state */
const cell = (state) => view(data, state).rows.flat().find(({ chosen }) => chosen);

test("before the reveal nothing is told, and a choice is asked for", () => {
  const seen = view(data, start);
  assert.equal(seen.result, "With 5 labels per class and a head start of +20 points: what would you do?");
  assert.ok(seen.rows.flat().every(({ text, share }) => text === "" && share === null));
  assert.deepEqual(seen.options, []);
  assert.equal(view(data, { ...start, guess: "LP-FT" }).result, "You choose LP-FT. Reveal who wins.");
  assert.match(cell(start).name, /5 labels per class, head start \+20: not revealed yet/);
});

test("the verdict names who wins, what is cheaper, and how far behind another choice is", () => {
  assert.equal(
    view(data, revealed).result,
    "tissue with 5, head start +24: top block wins there. Over the 1 nearest cells LP-FT is the least behind; top block is cheaper and within 2 points.",
  );
  assert.match(view(data, { ...revealed, guess: "top block" }).result, /wins there, as you said/);
  assert.match(view(data, { ...revealed, guess: "features, last block" }).result, /features, last block, is 6 points behind/);
});

test("nobody knows what was not measured", () => {
  const outside = { ...revealed, labels: 500, head_start: 70 };
  assert.equal(view(data, outside).result, "Nobody knows: nothing like it was measured.");
  assert.equal(cell(outside).text, "?");
  assert.match(cell(outside).name, /I don't know/);
  assert.match(view(data, outside).stateLine, /shapes with 100, head start \+60/);
});

test("the table has every option's band and cost, and marks the advised one", () => {
  const { options } = view(data, revealed);
  assert.deepEqual(options[1], { strategy: "top block", lead: "+5 (−2 to +9)", times: "90", advised: false });
  assert.ok(view(data, revealed).options[0].advised);
  assert.equal(cell(revealed).text, "T");
});

test("a state comes back from its text; a strategy that does not exist does not", () => {
  const named = fields(data);
  for (const state of [start, { ...revealed, guess: "features, best block" }]) {
    assert.deepEqual(decode("strategy-map", 1, named, encode("strategy-map", 1, named, state)), { state });
  }
  const wrong = encode("strategy-map", 1, named, { ...start, guess: "magic" });
  assert.match(/** @type {any} */ (decode("strategy-map", 1, named, wrong)).problem, /no guess/);
});

test("without recordings the lab says why", () => {
  const seen = view({ ...data, answers: [], missing: "The recording is damaged." }, start);
  assert.equal(seen.result, "The recording is damaged.");
  assert.ok(!seen.canReveal);
  assert.equal(answerAt(data, { labels: 1, head_start: 0 }), null);
  assert.equal(signed(-3), "−3");
});
