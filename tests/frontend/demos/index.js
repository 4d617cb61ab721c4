// Every piece of the kit on a page of its own: index.html?piece=slider, and a list of them all.
//
// Their numbers come from small formulas in the demos and measure nothing.

import { element, say } from "../../../course_utils/frontend/kit/page.js";

/**
 * @typedef {object} Demo
 * @property {string} piece the name of its module in the kit
 * @property {string} title
 * @property {string} text what it is
 * @property {(parent: HTMLElement, report: (text: string) => void) => void} demo
 */

const PIECES = [
  "frame",
  "tokens",
  "slider",
  "choice",
  "text_choice",
  "freeze_strip",
  "level_guess",
  "crossing_guess",
  "step_guess",
  "flag",
  "chart",
  "gauge",
  "thermometer",
  "heat_map",
  "heat_canvas",
  "picture_grid",
  "sprite_grid",
  "unit_surface",
  "transport",
  "reveal",
  "run_card",
  "share",
  "code",
];

/** @type {Demo[]} */
const demos = await Promise.all(PIECES.map(async (piece) => ({ piece, ...(await import(`./${piece}.js`)) })));
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const wanted = new URLSearchParams(location.search).get("piece");
const number = demos.findIndex(({ piece }) => piece === wanted);
if (number < 0) showList();
else showPiece(demos[number]);
document.documentElement.dataset.ready = "true";

function showList() {
  const items = demos.map((demo) => element("li", {}, linkTo(demo, demo.title), element("p", {}, demo.text)));
  main.replaceChildren(
    element("h1", {}, document.title),
    element("p", {}, "Each on a page of its own. The numbers come from small formulas and measure nothing."),
    element("ul", { class: "demo-list" }, ...items),
  );
}

/** @param {Demo} shown */
function showPiece({ title, text, demo }) {
  const [before, after] = [demos.at(number - 1), demos[(number + 1) % demos.length]];
  const reported = element("div", { class: "demo-report", role: "status" }, "Use it: what it reports stands here.");
  const parts = element("div", { class: "demo-parts" });
  document.title = `${title}: a piece of the labs`;
  main.replaceChildren(
    element("nav", { "aria-label": "Pieces" }, linkTo(before, "‹ before"), element("a", { href: "./" }, "all pieces"), linkTo(after, "next ›")),
    element("h1", {}, title),
    element("p", {}, text),
    reported,
    parts,
  );
  demo(parts, (words) => say(reported, words));
}

/** @param {Demo | undefined} demo @param {string} text */
function linkTo(demo, text) {
  return element("a", { href: `?piece=${demo?.piece}` }, text);
}
