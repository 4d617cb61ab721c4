// A gauge: a half circle that fills with a share, its number in the middle, and a tick for a comparison.

import { percent } from "./numbers.js";
import { element, svg } from "./page.js";

const RADIUS = 50;
const ROUND = Math.PI * RADIUS;

/** @param {HTMLElement} parent @param {{ name: string, tone: string }} options */
export function makeGauge(parent, { name, tone }) {
  const arc = `M10 60A${RADIUS} ${RADIUS} 0 0 1 110 60`;
  const filled = svg("path", { class: "kit-gauge-filled", d: arc, "stroke-dasharray": `${ROUND} ${ROUND}` });
  const tick = svg("line", { class: "kit-gauge-tick", x1: 2, x2: 18, y1: 60, y2: 60 });
  const number = svg("text", { class: "kit-gauge-number", x: 60, y: 58, "text-anchor": "middle" });
  const dial = svg("svg", { viewBox: "0 0 120 66", class: "kit-gauge-dial", role: "img" }, svg("path", { class: "kit-gauge-empty", d: arc }), filled, tick, number);
  const note = element("span", { class: "kit-gauge-note" });
  parent.append(
    element("div", { class: `kit-gauge kit-tone-${tone}` }, dial, element("div", {}, element("b", {}, name), note)),
  );
  return {
    /**
     * @param {number | null} share 0..1, or null if it is not known yet
     * @param {number | null} compared where the tick stands
     * @param {string} words below the name
     */
    set(share, compared, words) {
      filled.style.setProperty("stroke-dashoffset", String(ROUND * (1 - (share ?? 0))));
      number.textContent = share === null ? "?" : percent(share);
      dial.setAttribute("aria-label", `${name}: ${share === null ? "not revealed yet" : percent(share)}. ${words}`);
      tick.setAttribute("visibility", compared === null ? "hidden" : "visible");
      if (compared !== null) tick.setAttribute("transform", `rotate(${180 * compared} 60 60)`);
      note.textContent = words;
    },
  };
}
