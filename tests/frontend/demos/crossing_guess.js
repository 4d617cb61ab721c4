// Demo of the guess at a crossing.

import { makeChart } from "../../../course_utils/frontend/kit/chart.js";
import { makeCrossingGuess } from "../../../course_utils/frontend/kit/crossing_guess.js";
import { part } from "./part.js";

const STOPS = [1, 2, 4, 8, 16, 32, 64];
const LEVEL = 0.6;

export const title = "Crossing guess";
export const text = "A marker that is dragged along a level of a chart with a logarithmic axis, to where a curve will reach it.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("Waits for a guess", "Where the curve reaches the level", null, true);
  show("A guess at 4 labels", "Where the curve reaches the level, moved", 4, true);
  show("Closed: the curve is drawn, and the marker goes", "Where the curve reached the level", 4, false);

  /** @param {string} title @param {string} name @param {number | null} guess @param {boolean} open */
  function show(title, name, guess, open) {
    const chart = makeChart(part(parent, title), { readerName: `${name}: read the curve` });
    chart.draw({
      alt: `A level at 60%. ${open ? "The curve is not drawn yet." : "The curve reaches it between 8 and 16 labels."}`,
      xName: "labels",
      xStart: STOPS[0],
      xEnd: STOPS[STOPS.length - 1],
      xTicks: STOPS,
      xWords: (x) => `${x} labels`,
      levels: [{ tone: "target", share: LEVEL }],
      lines: open ? [] : [{ name: "curve", tone: "source", kind: "recorded", points: STOPS.map((x) => [x, x / (x + 8)]) }],
    });
    const crossing = makeCrossingGuess(chart, {
      name,
      tone: "source",
      invitation: "drag me",
      write: (labels) => `${labels} labels`,
      words: (labels) => `your guess: ${labels} labels`,
      input: (labels) => report(`guesses ${labels} labels`),
    });
    crossing.set({ guess, open, level: LEVEL, stops: STOPS });
  }
}
