// Demo of the guess at a step.

import { makeChart } from "../../../course_utils/frontend/kit/chart.js";
import { makeStepGuess } from "../../../course_utils/frontend/kit/step_guess.js";
import { curve } from "./curve.js";
import { part } from "./part.js";

const TARGET = curve({ from: 0.25, to: 0.85 });
const STEPS = TARGET.map(([step]) => step);

export const title = "Step guess";
export const text = "A flag that is dragged along the steps of a chart, by mouse, finger or the arrow keys.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("Waits for a guess", "Where you would stop", null, true);
  show("A flag at step 30, which can still be moved", "Where you would stop, moved", 30, true);
  show("Closed: the flag stays where it was planted", "Where you stopped", 30, false);

  /** @param {string} title @param {string} name @param {number | null} guess @param {boolean} open */
  function show(title, name, guess, open) {
    const chart = makeChart(part(parent, title), { readerName: `${name}: read the curve` });
    chart.draw({
      alt: "The curve of the target, and a flag at one of its steps.",
      xName: "steps",
      xEnd: 100,
      lines: [{ name: "target", tone: "target", kind: "recorded", points: TARGET }],
    });
    const flag = makeStepGuess(chart, {
      name,
      invitation: "drag me",
      closed: "your flag",
      input: (step) => report(`would stop at step ${step}`),
    });
    flag.set({ guess, open, stops: STEPS, write: (step) => `stop at step ${step}` });
  }
}
