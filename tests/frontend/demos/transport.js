// Demo of the transport.

import { makeTransport } from "../../../course_utils/frontend/kit/transport.js";
import { part } from "./part.js";

const PLACES = 12;

export const title = "Transport";
export const text = "Play, step and scrub through the places of a recording. With less motion wanted, playing jumps to the end.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("At its beginning", "Step", 0);
  show("At its end: Play begins again", "Step, at the end", PLACES - 1);

  /** @param {string} title @param {string} name @param {number} at */
  function show(title, name, at) {
    const transport = makeTransport(part(parent, title), {
      name,
      words: (place) => `step ${place + 1} of ${PLACES}`,
      show(place) {
        transport.set(PLACES, place);
        report(`shows step ${place + 1}`);
      },
    });
    transport.set(PLACES, at);
  }
}
