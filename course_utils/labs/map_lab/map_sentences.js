// What the map of depth and rate says: one sentence about the guess, the open cell or the run. Pure.

import { fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { same } from "../../frontend/kit/store.js";
import { cellOf, measured } from "./map_data.js";

/**
 * @typedef {import("./map_data.js").Data} Data
 * @typedef {import("./map_data.js").State} State
 * @typedef {import("./map_data.js").Cell} Cell
 * @typedef {import("./map_data.js").MapCell} MapCell
 * @typedef {import("./map_data.js").LiveRun} LiveRun
 */

/** A cell in words. @param {any} words @param {Cell} cell */
export function cellName(words, [blocks, rate]) {
  const count = blocks === 1 ? words.block : fill(words.blocks, { count: blocks });
  return fill(words.cell, { blocks: count, rate: scientific(rate) });
}

/** @param {any} words @param {number} count */
function points(words, count) {
  return count === 1 ? words.point : fill(words.points, { count });
}

/** How far the noise reaches. @param {Data} data */
export function noise({ noise: share, pictures, table }) {
  return fill(table.words.noise, { points: points(table.words, Math.round(100 * share)), pictures });
}

/** How much of the best cell's lead is luck. @param {Data} data */
export function luck(data) {
  const best = measured(data, data.best);
  if (!best) return "";
  const shares = { validation: percent(best.target[0]), test: percent(best.test) };
  return fill(data.table.words.luck, { count: data.cells.length, ...shares });
}

/**
 * One sentence.
 * @param {Data} data
 * @param {State} state
 * @param {{ mine: LiveRun | null, recorded: boolean, canRun: boolean }} found
 */
export function result(data, state, { mine, recorded, canRun }) {
  const { words } = data.table;
  const cell = cellOf(state);
  const [best, here] = [measured(data, data.best), measured(data, cell)];
  if (!best || !here) return data.missing || (canRun ? words.unrecorded : words.unrecorded_page);
  if (mine && mine.outcome === "done") return ran(words, cell, mine, here);
  if (!state.revealed) {
    const frozen = measured(data, [0, data.table.start.learning_rate]);
    return state.guess === null
      ? fill(words.before_guess, { frozen: percent(frozen?.target[0] ?? 0) })
      : fill(words.before_reveal, { cell: cellName(words, state.guess) });
  }
  if (!recorded && !mine) return canRun ? words.unrecorded : words.unrecorded_page;
  if (!same(cell, data.best) && !same(cell, state.guess)) return opened(data, here, best);
  return state.task === "source" ? cost(data, best) : verdict(data, state.guess, best);
}

/** @param {any} words @param {Cell} cell @param {LiveRun} run @param {MapCell} here */
function ran(words, cell, run, here) {
  const [, target, source] = run.curve[run.curve.length - 1];
  /** @param {readonly number[]} ends */
  const band = ([, low, high]) => `${percent(low)} to ${percent(high)}`;
  return fill(words.ran, {
    cell: cellName(words, cell),
    target: percent(target),
    source: percent(source),
    target_band: band(here.target),
    source_band: band(here.source),
  });
}

/** Another cell beside the best one. @param {Data} data @param {MapCell} here @param {MapCell} best */
function opened(data, here, best) {
  const { words } = data.table;
  const cell = cellOf(here);
  const values = { cell: cellName(words, cell), target: percent(here.target[0]), source: percent(here.source[0]) };
  if (data.ties.some((tie) => same(tie, cell))) return fill(words.opened_tied, values);
  return fill(words.opened, { ...values, ...gap(data, here, best) });
}

/** How far the flag's cell is behind the best one. @param {Data} data @param {Cell | null} guess @param {MapCell} best */
function verdict(data, guess, best) {
  const { words } = data.table;
  const [mine, top] = [measured(data, guess), percent(best.target[0])];
  const values = { best: top, cell: cellName(words, cellOf(best)), count: data.cells.length };
  if (!mine) return fill(words.unguessed, values);
  if (mine === best) return fill(words.found, values);
  const shares = { mine: percent(mine.target[0]), best: top };
  if (data.ties.some((tie) => same(tie, guess))) return fill(words.tied, shares);
  return fill(words.behind, { ...shares, ...gap(data, mine, best) });
}

/** What the best cell costs on the source, beside those that are as good. @param {Data} data @param {MapCell} best */
function cost(data, best) {
  const { words } = data.table;
  const equals = [best, ...data.ties.flatMap((tie) => measured(data, tie) ?? [])];
  const kindest = equals.reduce((kind, cell) => (cell.source[0] > kind.source[0] ? cell : kind));
  const values = { cell: cellName(words, cellOf(kindest)), kept: percent(kindest.source[0]), best: percent(best.source[0]) };
  return fill(kindest === best ? words.cheapest : words.cost, values);
}

/**
 * How far a cell is behind, in points, as the rounded numbers say.
 * @param {Data} data
 * @param {MapCell} here not a tie
 * @param {MapCell} best
 */
function gap({ noise: share, table }, here, best) {
  const behind = Math.round(100 * best.target[0]) - Math.round(100 * here.target[0]);
  const outside = behind <= Math.round(100 * share) ? table.words.outside : "";
  return { points: points(table.words, behind), outside };
}
