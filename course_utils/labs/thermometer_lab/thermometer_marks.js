// What the forgetting thermometer draws into its curves: where the source is in the red, and the best moment before.

import { toX, toY } from "../../frontend/kit/curves.js";
import { percent } from "../../frontend/kit/numbers.js";
import { svg } from "../../frontend/kit/page.js";

/** @typedef {import("../../frontend/kit/curves.js").Frame} Frame */

/**
 * Hatch the stretches of a run that are in the red; the first one is named.
 * @param {Frame} at
 * @param {readonly { from: number, to: number }[]} stretches
 * @param {string} id of the pattern: one of its own for each lab of a page
 * @param {string} name
 */
export function drawStretches(at, stretches, id, name) {
  if (stretches.length === 0) return [];
  const line = svg("path", { d: "M0 8L8 0" });
  const pattern = svg("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, line);
  const drawn = stretches.map(({ from, to }) => {
    const [left, right] = [toX(at, from), toX(at, to)];
    const height = at.bottom - at.top;
    return [
      svg("rect", { x: left, y: at.top, width: Math.max(right - left, 3), height, fill: `url(#${id})` }),
      svg("line", { x1: left, x2: left, y1: at.top, y2: at.bottom }),
    ];
  });
  const text = svg("text", { x: toX(at, stretches[0].from), y: at.top - 4 }, name);
  return [svg("g", { class: "thermometer-stretch" }, pattern, ...drawn.flat(), text)];
}

/** @param {Frame} at @param {import("./thermometer_data.js").Moment} moment @param {string} name */
export function drawBest(at, [x, target], name) {
  const [left, top] = [toX(at, x), toY(at, target)];
  const late = left > (at.left + at.right) / 2;
  const side = { x: left + (late ? -6 : 6), "text-anchor": late ? "end" : "start" };
  return svg(
    "g",
    { class: "thermometer-best" },
    svg("line", { x1: left, x2: left, y1: top + 8, y2: at.bottom }),
    svg("circle", { cx: left, cy: top, r: 8 }),
    svg("text", { ...side, y: at.bottom - 48 }, `${name}: ${percent(target)}`),
  );
}
