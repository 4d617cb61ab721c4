// Demo of the run card.

import { makeRunCard } from "../../../course_utils/frontend/kit/run_card.js";
import { part } from "./part.js";

const TOTAL = 40;
const BETWEEN = 250; // milliseconds between two steps

export const title = "Run card";
export const text = "Run an experiment for real: start, pause, step and stop, how far it is, and what is happening.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  /** @type {import("../../../course_utils/frontend/kit/run_card.js").Phase} */
  let phase = "idle";
  let step = 0;
  let clock = 0;
  const card = makeRunCard(
    part(parent, "A clock instead of a network: press Run for real"),
    (command) => {
      report(`asks to ${command}`);
      clearInterval(clock);
      if (command === "start") step = 0;
      if (command === "step") advance();
      else phase = command === "stop" ? "idle" : command === "pause" ? "paused" : "running";
      if (phase === "running") clock = setInterval(advance, BETWEEN);
      show();
    },
    { main: true },
  );
  const advance = () => {
    step += 1;
    if (step >= TOTAL) {
      clearInterval(clock);
      phase = "idle";
    }
    show();
  };
  const show = () => card.set(phase, phase === "idle" ? "" : `The clock is ${phase}.`, { step, total: TOTAL, loss: 1 / (step + 1) });
  show();

  const paused = makeRunCard(part(parent, "Paused"), (command) => report(`asks to ${command}`), { name: "Train" });
  paused.set("paused", "Paused after step 10.", { step: 10, total: TOTAL, loss: null });
  const gone = makeRunCard(part(parent, "Nothing answers any more"), () => {});
  gone.cut("The kernel is gone. Run this cell again.");
}
