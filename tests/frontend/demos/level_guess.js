// Demo of the guess at a level.

import { makeChart } from "../../../course_utils/frontend/kit/chart.js";
import { makeLevelGuess } from "../../../course_utils/frontend/kit/level_guess.js";
import { curve } from "./curve.js";
import { part } from "./part.js";

const TARGET = curve({ from: 0.25, to: 0.85 });
const SOURCE = curve({ from: 0.95, to: 0.4 });

export const title = "Level guess";
export const text = "A level that is dragged up and down in a chart, by mouse, finger or the arrow keys, before the truth is drawn.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("Waits for a guess", "Where the source ends", null, true);
  show("A guess at 70%, which can still be moved", "Where the source ends, moved", 70, true);
  show("Revealed: how far off it was", "Where the source ended", 70, false);

  /** @param {string} title @param {string} name @param {number | null} value @param {boolean} open */
  function show(title, name, value, open) {
    const chart = makeChart(part(parent, title), { readerName: `${name}: read the curves` });
    const truth = SOURCE[SOURCE.length - 1][1];
    chart.draw({
      alt: open ? "The curve of the target; that of the source is not drawn yet." : "The curves of both tasks.",
      xName: "steps",
      xEnd: 100,
      lines: [
        ...(open ? [] : [{ name: "source", tone: "source", kind: /** @type {const} */ ("recorded"), points: SOURCE }]),
        { name: "target", tone: "target", kind: "recorded", points: TARGET },
      ],
      gap: open || value === null ? null : { from: value / 100, to: truth, text: `${value - Math.round(100 * truth)} points too high` },
    });
    const guess = makeLevelGuess(chart, {
      name,
      tone: "source",
      invitation: "drag me",
      write: (percent) => `your guess: ${percent}%`,
      input: (percent) => report(`guesses ${percent}%`),
    });
    guess.set(value, open);
  }
}
