// Demo of the chart.

import { makeChart } from "../../../course_utils/frontend/kit/chart.js";
import { percent } from "../../../course_utils/frontend/kit/numbers.js";
import { curve } from "./curve.js";
import { part } from "./part.js";

const TARGET = curve({ from: 0.25, to: 0.85 });
const SOURCE = curve({ from: 0.95, to: 0.4 });
const BEFORE = curve({ from: 0.25, to: 0.7 });
const GOES_ON = TARGET.slice(0, 4);
const LABELS = [1, 2, 4, 8, 16, 32, 64];
/** @type {[number, number][]} */
const LOW = LABELS.map((x) => [x, x / (x + 32)]);
/** @type {[number, number][]} */
const HIGH = LABELS.map((x) => [x, x / (x + 2)]);

export const title = "Chart";
export const text = "Lines over steps, with names at their ends. Hover, or focus the chart and use the arrow keys, to read it step by step.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  for (const kind of ["focusin", "input"]) {
    parent.addEventListener(kind, ({ target }) => report(/** @type {Element} */ (target).getAttribute("aria-valuetext") ?? ""));
  }
  makeChart(part(parent, "Recorded lines with a band and a level, and a second stage"), { readerName: "Read the recorded lines" }).draw({
    alt: `The target rises ${way(TARGET)}; the source falls ${way(SOURCE)}.`,
    xName: "steps",
    xEnd: 100,
    lines: [
      { name: "source", tone: "source", kind: "recorded", points: SOURCE, band: SOURCE.map(([x, y]) => [x, y - 0.05, y + 0.05]) },
      { name: "target", tone: "target", kind: "recorded", points: TARGET },
    ],
    levels: [{ tone: "target", share: 0.75 }],
    stages: [{ x: 50, name: "second stage" }],
  });
  makeChart(part(parent, "A run that goes on, over the ghost of the one before"), { readerName: "Read the run that goes on" }).draw({
    alt: `The run before rises ${way(BEFORE)}; the one that goes on is at step ${GOES_ON[GOES_ON.length - 1][0]}.`,
    xName: "steps",
    xEnd: 100,
    lines: [
      { name: "target", tone: "target", kind: "ghost", points: BEFORE },
      { name: "target", tone: "target", kind: "live", points: GOES_ON },
    ],
  });
  makeChart(part(parent, "A logarithmic axis, and a gap between two lines"), { readerName: "Read the two lines", height: 220, room: () => 120 }).draw({
    alt: "Both rise with the labels, and one stays above the other.",
    xName: "labels",
    xStart: 1,
    xEnd: 64,
    xTicks: LABELS,
    xWords: (x) => `${x} labels`,
    lines: [
      { name: "scratch", tone: "source", kind: "recorded", points: LOW },
      { name: "features", tone: "target", kind: "recorded", points: HIGH },
    ],
    gap: { from: last(HIGH), to: last(LOW), text: `${Math.round(100 * (last(HIGH) - last(LOW)))} points` },
  });
  makeChart(part(parent, "Nothing to draw yet"), { readerName: "Read the empty chart", height: 220 }).draw({
    alt: "No line yet.",
    xName: "steps",
    xEnd: 100,
    lines: [],
  });
}

/** @param {[number, number][]} points */
function last(points) {
  return points[points.length - 1][1];
}

/** @param {[number, number][]} points */
function way(points) {
  return `from ${percent(points[0][1])} to ${percent(last(points))}`;
}
