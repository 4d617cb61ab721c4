// What the map of depth and rate shows, worked out from its state, the recorded runs and the live run. Pure.

import { learningWords, lockedTo } from "../../frontend/kit/locks.js";
import { fill, percent } from "../../frontend/kit/numbers.js";
import { same } from "../../frontend/kit/store.js";
import { cellOf, depths, measured, sameSetting } from "./map_data.js";
import { cellName, luck, result } from "./map_sentences.js";

/**
 * @typedef {import("./map_data.js").Data} Data
 * @typedef {import("./map_data.js").State} State
 * @typedef {import("./map_data.js").Task} Task
 * @typedef {import("./map_data.js").Cell} Cell
 * @typedef {import("./map_data.js").Curve} Curve
 * @typedef {import("./map_data.js").LiveRun} LiveRun
 * @typedef {import("./map_data.js").RecordedRun} RecordedRun
 */

/** The hidden cells in the order in which the reveal fills them: the best comes last. @param {Data} data @param {Task} task */
export function fillOrder({ cells }, task) {
  return cells.filter(({ blocks }) => blocks > 0).sort((one, other) => one[task][0] - other[task][0]).map(cellOf);
}

/** The ends of a task's colours. @param {Data} data @param {Task} task */
export function colourEnds({ cells }, task) {
  const means = cells.map((cell) => cell[task][0]);
  return means.length ? [Math.min(...means), Math.max(...means)] : [0, 1];
}

/** @param {Curve} curve @param {number} step */
function until(curve, step) {
  const shown = curve.filter(([at]) => at <= step);
  return shown.length ? shown : curve.slice(0, 1);
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 * @param {object} more
 * @param {LiveRun | null} more.live
 * @param {number | null} more.filled how many cells the reveal has filled; null if it does not go on
 * @param {boolean} more.canRun
 */
export function view(data, state, { live, filled, canRun }) {
  const { words } = data.table;
  const cell = cellOf(state);
  const recorded = data.runs.filter((run) => same(cellOf(run), cell));
  const run = recorded.find(({ seed }) => seed === state.seed) ?? null;
  const mine = live && live.curve.length > 0 && sameSetting(live.setting, state) ? live : null;
  const open = state.revealed || state.blocks === 0; // what a frozen network reaches is given
  const curve = open && run ? until(run.curve, state.step) : [];
  const seeds = open ? recorded.map((other) => until(other.curve, run ? state.step : data.steps)) : [];
  const frozen = measured(data, [0, state.learning_rate]);
  const flagged = state.revealed && !same(state.guess, cell) ? state.guess : null;
  const ghost = data.runs.find((other) => same(cellOf(other), flagged) && other.seed === state.seed) ?? null;
  const isKnown = known(data, state, filled);
  const [lowest, highest] = colourEnds(data, state.task);

  /** @type {import("../../frontend/kit/chart.js").ChartLine[]} */
  const lines = [
    ...(ghost ? pair(ghost.curve, "ghost") : []),
    ...pair(curve, "recorded", seeds),
    ...(mine ? pair(mine.curve, "live", run ? [] : seeds) : []),
  ];
  return {
    rows: depths(data).map((blocks) =>
      data.rates.map((rate) => drawnCell(data, state, [blocks, rate], { isKnown, live, lowest, highest })),
    ),
    ends: /** @type {const} */ ([percent(lowest), percent(highest)]),
    name: open || mine ? cellName(words, cell) : fill(words.closed, { cell: cellName(words, cell) }),
    lines,
    levels: frozen ? [{ tone: "target", share: frozen.target[0] }, { tone: "source", share: frozen.source[0] }] : [],
    ghost: ghost !== null,
    live: mine !== null,
    told: mine?.outcome === "done" && data.best !== null, // the result says how the run ended
    places: curve.length > 0 && !mine ? /** @type {RecordedRun} */ (run).curve.map(([step]) => step) : [],
    at: Math.max(curve.length - 1, 0),
    canReveal: !state.revealed && data.best !== null,
    luck: state.revealed ? luck(data) : "",
    result: result(data, state, { mine, recorded: run !== null, canRun }),
    stateLine: fill(words.state, {
      cell: cellName(words, cell),
      learning: learningWords(lockedTo(data.blocks.length, data.blocks.length - state.blocks), data.blocks),
      seed: state.seed,
      steps: data.steps,
      batch: data.batch,
    }),
  };
}

/** Which cells are filled. @param {Data} data @param {State} state @param {number | null} filled */
function known(data, { revealed, task }, filled) {
  const ready = filled === null ? [] : fillOrder(data, task).slice(0, filled);
  return (/** @type {Cell} */ cell) => revealed || cell[0] === 0 || ready.some((other) => same(other, cell));
}

/**
 * @param {Data} data
 * @param {State} state
 * @param {Cell} cell
 * @param {object} found
 * @param {(cell: Cell) => boolean} found.isKnown
 * @param {LiveRun | null} found.live
 * @param {number} found.lowest
 * @param {number} found.highest
 * @returns {import("../../frontend/kit/heat_map.js").HeatCell}
 */
function drawnCell(data, state, cell, { isKnown, live, lowest, highest }) {
  const { words } = data.table;
  const [mean, low, high] = (isKnown(cell) && measured(data, cell)?.[state.task]) || [null, 0, 0];
  const mark = !state.revealed ? "" : same(cell, data.best) ? "best" : data.ties.some((tie) => same(tie, cell)) ? "tie" : "";
  const flag = same(cell, state.guess);
  const runs = live !== null && live.outcome === "" && same(cellOf(live.setting), cell);
  const told = [
    mean === null ? words.unknown : fill(words.accuracy, { share: percent(mean), task: state.task }),
    mean === null ? "" : fill(words.seeds, { low: percent(low), high: percent(high) }),
    mark && words[mark],
    flag ? words.flag : "",
    runs ? words.live : "",
  ];
  return {
    name: `${cellName(words, cell)}: ${told.filter(Boolean).join(", ")}`,
    text: mean === null ? "" : String(Math.round(100 * mean)),
    note: mean === null ? "" : `${Math.round(100 * low)}–${Math.round(100 * high)}`,
    share: mean === null ? null : (mean - lowest) / (highest - lowest || 1),
    chosen: same(cell, cellOf(state)),
    flag,
    mark,
    live: runs,
  };
}

/**
 * @param {Curve} curve
 * @param {"recorded" | "live" | "ghost"} kind
 * @param {readonly Curve[]} [seeds] of the band
 */
function pair(curve, kind, seeds = []) {
  if (curve.length === 0) return [];
  return /** @type {const} */ (["target", "source"]).map((tone, task) => ({
    name: tone,
    tone,
    kind,
    points: curve.map((point) => /** @type {const} */ ([point[0], point[task + 1]])),
    band: seeds.length > 1 && seeds[0].length > 1 ? band(seeds, task + 1) : undefined,
  }));
}

/** The lowest and the highest of all seeds at every step. @param {readonly Curve[]} seeds @param {number} task */
function band(seeds, task) {
  return seeds[0].map(([step], place) => {
    const shares = seeds.flatMap((seed) => (seed[place] ? [seed[place][task]] : []));
    return /** @type {const} */ ([step, Math.min(...shares), Math.max(...shares)]);
  });
}
