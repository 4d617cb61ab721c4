// What the front shows and says, from its state and the recorded settings.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../course_utils/frontend/kit/state_link.js";
import { cheapest, fields, follows, meeting, nearestSetting, startOf, stops, view } from "../../course_utils/labs/remedies_lab/front_model.js";

const table = JSON.parse(
  readFileSync(new URL("../../course_utils/labs/remedies_lab/front_lab.json", import.meta.url), "utf-8"),
);

/**
 * @param {string} key @param {number} source @param {number} target
 * @param {Partial<{ work: number, megabytes: number, pictures: number }>} [costs]
 */
const setting = (key, source, target, costs = {}) => {
  const [method, ...dials] = key.split("/");
  return {
    key,
    method,
    strength: dials.length > 1 ? Number(dials[0]) : 0,
    learning_rate: Number(dials.at(-1)),
    source: [source, source - 0.03, source + 0.03],
    target: [target, target - 0.02, target + 0.02],
    ...{ work: 1, megabytes: 0, pictures: 0 },
    ...costs,
    code: key,
  };
};
const kept = { megabytes: 3.84, pictures: 1250 };
const data = {
  settings: [
    setting("plain/1e-4", 0.87, 0.84),
    setting("plain/3e-4", 0.5, 0.9),
    setting("ewc/100/3e-4", 0.84, 0.88, { megabytes: 4.61 }),
    setting("rehearsal/0.12/3e-4", 0.93, 0.88, { ...kept, work: 1.136 }),
    setting("rehearsal/0.5/3e-4", 0.956, 0.877, { ...kept, work: 2 }),
    setting("rehearsal/0.5/1e-3", 0.92, 0.86, { ...kept, work: 2 }),
  ],
  seeds: 5,
  missing: "",
  table,
};
const start = startOf(data);
const revealed = { ...start, revealed: true, source: 90, target: 85 };

test("before the reveal only plain is drawn, and the flag is asked for", () => {
  const seen = view(data, start);
  assert.deepEqual(seen.points.map(({ at }) => at.key), ["plain/1e-4", "plain/3e-4"]);
  assert.equal(seen.result, "Where does rehearsal 12% at 3e-4 land? Plain is drawn. Plant your flag.");
  assert.ok(seen.asks && seen.canReveal);
  assert.equal(seen.demands, "");
  assert.doesNotMatch(seen.alt, /93\.0%/);
  assert.ok(!view(data, { ...start, setting: "plain/3e-4" }).asks);
});

test("the flag is about the chosen setting until the reveal, and then stays", () => {
  assert.deepEqual(follows({ ...start, setting: "ewc/100/3e-4" }), { flagged: "ewc/100/3e-4" });
  assert.deepEqual(follows({ ...revealed, setting: "ewc/100/3e-4" }), {});
});

test("the verdict judges both tasks: within the seeds, or points from the mean", () => {
  const seen = view(data, { ...revealed, guess: [70, 87] });
  assert.equal(
    seen.result,
    "rehearsal 12% at 3e-4 keeps 93.0% of the source and gets 88.0% of the scans right. Your flag: source 23 points too low, target within the seeds.",
  );
  assert.match(view(data, { ...revealed, guess: [97, 85] }).result, /source 4 points too high, target 3 points too low/);
  assert.match(view(data, { ...revealed, guess: [90, 91] }).result, /source within the seeds, target 3 points too high/);
  assert.doesNotMatch(view(data, { ...revealed, guess: [70, 87], setting: "ewc/100/3e-4" }).result, /flag/);
});

test("an opened setting is put beside plain's line", () => {
  assert.match(view(data, { ...revealed, setting: "ewc/100/3e-4" }).result, /No rate of plain was as good on both/);
  const worse = { ...data, settings: [...data.settings, setting("lora/4/1e-3", 0.5, 0.83)] };
  assert.match(view(worse, { ...revealed, setting: "lora/4/1e-3" }).result, /Plain at 1e-4 is at least as good on both/);
});

test("a setting that meets both demands is told whether another costs less", () => {
  assert.deepEqual(meeting(data, revealed).map(({ key }) => key), ["rehearsal/0.12/3e-4", "rehearsal/0.5/3e-4", "rehearsal/0.5/1e-3"]);
  assert.equal(
    view(data, { ...revealed, by: "work" }).demands,
    "rehearsal 12% at 3e-4 meets both demands, and none of the 3 that do costs less: 1.14 times the multiplications of plain.",
  );
  assert.match(view(data, { ...revealed, by: "work", setting: "rehearsal/0.5/3e-4" }).demands, /2\.00 times .* 1 of the 3 that do cost/);
  assert.match(view(data, { ...revealed, setting: "ewc/100/3e-4" }).demands, /misses source by 6 points\. 3 of 6/);
  assert.match(view(data, { ...revealed, target: 90, source: 60, setting: "ewc/100/3e-4" }).demands, /No setting/);
  assert.match(view(data, { ...revealed, source: 60, setting: "plain/3e-4", target: 87 }).demands, /misses source by 10 points/);
});

test("the cheapest depends on the currency, and the sum of accuracies decides between equals", () => {
  const both = { ...revealed, source: 80, target: 84 };
  assert.equal(cheapest(data, { ...both, by: "megabytes" })?.key, "plain/1e-4");
  assert.equal(cheapest(data, { ...both, target: 86, by: "pictures" })?.key, "ewc/100/3e-4");
  assert.equal(cheapest(data, { ...both, target: 86, by: "megabytes" })?.key, "rehearsal/0.5/3e-4");
  assert.equal(cheapest(data, { ...both, target: 99 }), null);
});

test("another method keeps the rate and the strength as well as it can", () => {
  assert.deepEqual(stops(data, "rehearsal", "strength"), [0.12, 0.5]);
  assert.equal(nearestSetting(data, "plain", { strength: 0.5, learning_rate: 1e-3 })?.key, "plain/3e-4");
  assert.equal(nearestSetting(data, "rehearsal", { strength: 0.5, learning_rate: 3e-4 })?.key, "rehearsal/0.5/3e-4");
  assert.equal(nearestSetting(data, "rehearsal", { strength: 0.5, learning_rate: 1e-3 })?.key, "rehearsal/0.5/1e-3");
  assert.equal(nearestSetting(data, "nothing", { strength: 0, learning_rate: 1 }), null);
});

test("a state comes back from its text; a setting that was not recorded does not", () => {
  const named = fields(data);
  for (const state of [start, { ...revealed, guess: /** @type {const} */ ([70, 87]), by: "work" }]) {
    assert.deepEqual(decode("front-lab", 1, named, encode("front-lab", 1, named, state)), { state });
  }
  const wrong = encode("front-lab", 1, named, { ...start, setting: "magic/1e-3" });
  assert.match(/** @type {any} */ (decode("front-lab", 1, named, wrong)).problem, /no setting/);
  const far = encode("front-lab", 1, named, { ...start, guess: [70, 170] });
  assert.match(/** @type {any} */ (decode("front-lab", 1, named, far)).problem, /no guess/);
});

test("without a recording the lab says why", () => {
  const seen = view({ ...data, settings: [], missing: "The recording is damaged." }, start);
  assert.equal(seen.result, "The recording is damaged.");
  assert.ok(!seen.canReveal);
});

test("a mean a little below a demand misses it, and the page shows by how much", () => {
  const near = { ...data, settings: [...data.settings, setting("ewc/10/3e-4", 0.896, 0.9)] };
  assert.match(view(near, { ...revealed, setting: "ewc/10/3e-4" }).demands, /^EWC 10 at 3e-4 misses source by 0\.4 points/);
});
