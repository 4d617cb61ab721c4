// The flag that marks the learner's guess.

import { svg } from "./page.js";

/** A planted flag; what it stands in says so in words. */
export function drawFlag() {
  return svg(
    "svg",
    { viewBox: "0 0 20 24", class: "kit-flag", "aria-hidden": "true" },
    svg("path", { class: "kit-flag-pole", d: "M4 2V23" }),
    svg("path", { class: "kit-flag-cloth", d: "M4 2.5L18 7L4 12Z" }),
  );
}
