// What the lab ten envelopes shows and says, from its state and made-up rounds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { beyond, fields, moved, pressed, score, startOf, view } from "../../course_utils/labs/envelopes_lab/envelopes_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/envelopes_lab/ten_envelopes.json", import.meta.url), "utf-8"),
);
/** @param {Partial<import("../../course_utils/labs/envelopes_lab/envelopes_model.js").Envelope>} change */
const envelope = (change = {}) => ({
  task: "leaves",
  kind: "honest",
  train: 60,
  validation: 40,
  right: 32,
  validation_groups: 10,
  test: 50,
  test_groups: 12,
  thing: "plant",
  hit: 70,
  by_inputs: /** @type {[number, number]} */ ([66, 92]),
  by_units: /** @type {[number, number]} */ ([50, 100]),
  ...change,
});
const kinds = [
  envelope(),
  envelope({ kind: "leak" }),
  envelope({ kind: "winner", task: "scans", thing: "" }),
  envelope({ kind: "shift" }),
  envelope({ kind: "shift", task: "vowels", thing: "speaker" }),
];
const deal = [...kinds, ...kinds];
const overall = [
  { kind: "honest", count: 160, by_inputs: 0.688, by_units: 0.938 },
  { kind: "leak", count: 120, by_inputs: 0.5, by_units: 0.883 },
];
const data = { deals: Array(12).fill(deal), overall, missing: "", table };
const start = startOf(data);

/** The state after so many envelopes were opened with limits. @param {number} count @param {[number, number]} limits */
function after(count, limits) {
  let state = start;
  for (let number = 0; number < count; number += 1) {
    if (state.looking) state = { ...state, ...pressed(data, state) };
    state = { ...state, low: limits[0], high: limits[1] };
    state = { ...state, ...pressed(data, state) };
  }
  return state;
}

test("the score is the width, and for a miss twenty times its distance", () => {
  assert.equal(beyond(70, [60, 80]), 0);
  assert.equal(score(70, [60, 80]), 20);
  assert.equal(beyond(70, [75, 80]), 5);
  assert.ok(Math.abs(score(70, [75, 80]) - 105) < 1e-9);
  assert.ok(Math.abs(score(70, [40, 66]) - 106) < 1e-9);
});

test("a limit that passes the other takes it along", () => {
  assert.deepEqual(moved(start, "low", 95), { low: 95, high: 95 });
  assert.deepEqual(moved(start, "high", 20), { low: 20, high: 20 });
  assert.deepEqual(moved(start, "low", 60), { low: 60, high: 90 });
});

test("before it is opened, an envelope says how it was made and nothing of what is in it", () => {
  const seen = view(data, start);
  assert.equal(seen.title, "Envelope 1 of 10");
  assert.equal(seen.result, table.words.ask);
  assert.deepEqual(
    seen.facts.map(([, value]) => value),
    [
      "drawn leaves: healthy, with mildew or with rust",
      "60 pictures",
      "Validation and test part hold other plants than those that it learned from.",
      "32 of 40 right (80%), of 10 plants",
      "50 pictures, of 12 plants",
    ],
  );
  assert.ok(seen.canMove);
  assert.deepEqual(seen.rows[0], { low: 50, high: 90, now: true });
  assert.ok(seen.rows.every((row) => !("hit" in row)));
  assert.ok(!JSON.stringify(seen).includes("70%"));
});

test("inputs that are dealt one by one say whether they overlap", () => {
  const made = ["scans", "photo-textures"].map((task) => view({ ...data, deals: [[envelope({ task, thing: "" })]] }, start).facts[2][1]);
  assert.deepEqual(made, ["Dealt out at random; every scan was drawn on its own.", "Dealt out at random; patches overlap, also from part to part."]);
});

test("every kind says how it was made, and afterwards why it came out so", () => {
  const made = kinds.map((_, number) => view({ ...data, deals: [[...kinds.slice(number), ...kinds]] }, start).facts[2][1]);
  assert.match(made[1], /^Validation was dealt out of the plants that it learned from\. The test part holds other plants\.$/);
  assert.match(made[2], /^Of 40 settings/);
  assert.match(made[3], /as by another camera/);
  assert.match(made[4], /White noise/);
  const why = kinds.map((_, number) => view(data, after(number + 1, [60, 80])).result);
  assert.match(why[0], /^Opened: 70%\. Your limits, 60 to 80%, held\. Validation said 80%\. Plants differ, and 12 of them are not many\.$/);
  assert.match(why[1], /plants that it knew/);
  assert.match(why[2], /The best of 40 is good, and lucky\./);
  assert.match(why[4], /of recordings from where it had learned/);
});

test("a miss says by how much, rounded up, and the formulas stand beside it", () => {
  const seen = view(data, after(1, [71, 80]));
  assert.match(seen.result, /missed it by 1 point\./);
  assert.match(view(data, after(1, [75, 80])).result, /missed it by 5 points\./);
  assert.equal(seen.stateLine, "A formula that counts pictures says 66 to 92%; one that counts plants, 50 to 100%.");
  assert.ok(!seen.canMove);
  assert.equal(seen.rows[0].held, false);
  assert.match(seen.alt, /Envelope 1: you 71 to 80%, measured 70%, missed\./);
  assert.equal(view(data, after(3, [60, 80])).rows[2].by_units, null);
});

test("the button opens, goes on, and after the last begins again with other rounds", () => {
  assert.equal(view(data, start).button, table.words.open);
  const opened = after(1, [60, 80]);
  assert.equal(view(data, opened).button, table.words.next);
  assert.deepEqual(pressed(data, opened), { looking: false, low: 50, high: 90 });
  const last = after(10, [60, 80]);
  assert.equal(view(data, last).button, table.words.restart);
  assert.deepEqual({ ...last, ...pressed(data, last) }, { ...start, deal: 1 });
  assert.equal(pressed(data, { ...last, deal: 11 }).deal, 0);
});

test("after the last, the balance is drawn for the reader and for both formulas", () => {
  const seen = view(data, after(10, [71, 81]));
  assert.match(seen.result, /0 of your limits held; 9 were promised\. Ten say little; the last table counts all 280 recorded rounds\.$/);
  const [ten, all] = seen.tables;
  assert.deepEqual(ten.rows, [
    ["yours", "0 of 10", "10", "30"],
    ["counting inputs", "10 of 10", "26", "26"],
    ["counting units", "10 of 10", "50", "50"],
  ]);
  assert.match(all.caption, /^All 280 recorded rounds/);
  assert.deepEqual(all.rows, [
    ["honest (160)", "69%", "94%"],
    ["leak (120)", "50%", "88%"],
  ]);
  assert.deepEqual(view(data, after(9, [71, 81])).tables, []);
});

test("a state comes back from its text; limits that there are not do not", () => {
  const named = fields(data);
  for (const state of [start, after(3, [40, 77]), after(10, [0, 100])]) {
    assert.deepEqual(decode("ten-envelopes", 1, named, encode("ten-envelopes", 1, named, state)), { state });
  }
  for (const opened of [[50], [50, 101], Array(22).fill(50)]) {
    const wrong = encode("ten-envelopes", 1, named, { ...start, opened });
    assert.match(/** @type {any} */ (decode("ten-envelopes", 1, named, wrong)).problem, /no opened/);
  }
});

test("without a recording the lab says why", () => {
  const seen = view({ ...data, deals: [], missing: "The recording is damaged." }, start);
  assert.equal(seen.result, "The recording is damaged.");
  assert.ok(!seen.canPress);
});
