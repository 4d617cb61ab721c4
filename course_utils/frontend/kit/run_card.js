// Run an experiment for real: start, pause, step and stop, how far it is, and what is happening.

import { element, say } from "./page.js";

/** @typedef {"idle" | "running" | "paused" | "stopping"} Phase */

/**
 * @param {HTMLElement} parent
 * @param {(command: "start" | "pause" | "resume" | "step" | "stop") => void} ask
 * @param {{ name?: string, main?: boolean }} [options] of the button that starts it: whether nothing matters more
 */
export function makeRunCard(parent, ask, { name = "Run for real", main = false } = {}) {
  /** @type {Phase} */
  let phase = "idle";
  let gone = false;
  /** @param {string} text @param {() => void} press */
  const button = (text, press) => {
    const made = element("button", { type: "button", class: "kit-button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const start = button(name, () => ask("start"));
  start.classList.toggle("kit-primary", main);
  const pause = button("Pause", () => ask(phase === "paused" ? "resume" : "pause"));
  const step = button("Step", () => ask("step"));
  const stop = button("Stop", () => ask("stop"));
  const bar = element("progress", { class: "kit-progress", "aria-label": "Progress of the run", max: 1, value: 0 });
  const place = element("span", { class: "kit-progress-words" });
  const words = element("p", { class: "kit-words", role: "status" });
  const more = element("div", { class: "kit-run-more" }, pause, step, stop);
  const progress = element("div", { class: "kit-run-progress" }, bar, place);
  parent.append(element("div", { class: "kit-run" }, element("div", { class: "kit-row" }, start, more), progress, words));

  return {
    /**
     * @param {Phase} now
     * @param {string} said
     * @param {{ step: number, total: number, loss: number | null } | null} run
     */
    set(now, said, run) {
      if (gone) return;
      phase = now;
      // The focus must not fall off a button that goes away.
      const left = phase === "idle" && more.contains(document.activeElement);
      start.disabled = phase !== "idle";
      more.hidden = phase === "idle";
      if (left) start.focus();
      pause.textContent = phase === "paused" ? "Go on" : "Pause";
      pause.disabled = stop.disabled = phase === "stopping";
      step.disabled = phase !== "paused";
      progress.hidden = run === null || phase === "idle";
      if (run) {
        bar.value = run.total ? run.step / run.total : 0;
        place.textContent = `step ${run.step} of ${run.total}${run.loss === null ? "" : `, loss ${run.loss.toFixed(3)}`}`;
      }
      say(words, said);
    },
    /** Say that nothing here answers any more. @param {string} why */
    cut(why) {
      gone = true;
      for (const made of [start, pause, step, stop]) made.disabled = true;
      progress.hidden = true;
      say(words, why);
    },
  };
}
