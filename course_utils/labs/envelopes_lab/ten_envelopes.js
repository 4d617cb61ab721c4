// The lab ten envelopes on the page: the parts of the kit, put together around one state.

import { makeFrame } from "../../frontend/kit/frame.js";
import { element } from "../../frontend/kit/page.js";
import { linear } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { fields, moved, pressed, view } from "./envelopes_model.js";

const LAB = "ten-envelopes";
const STOPS = Array.from({ length: 101 }, (_, value) => value);

/**
 * @param {HTMLElement} root
 * @param {import("./envelopes_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./envelopes_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountTenEnvelopes(root, data, store, { address }) {
  const { words, version, rounds } = data.table;
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;
  /** @param {Partial<import("./envelopes_model.js").State>} change */
  const update = (change) => store.set(change);

  const title = element("p", { class: "envelope-title" });
  const facts = element("dl", { class: "envelope-facts" });
  controls.append(element("div", { class: "envelope-card" }, title, facts));
  const ends = /** @type {const} */ (["low", "high"]).map((end) => {
    const slider = makeSlider(controls, {
      name: words[end],
      stops: STOPS,
      scale: linear(0, 100),
      write: String,
      words: (value) => `${value}%`,
      ticks: [0, 25, 50, 75, 100],
      input: (value) => update(moved(store.get(), end, value)),
      change: () => {},
    });
    slider.start(store.get()[end]);
    return { end, slider };
  });

  const lines = Array.from({ length: rounds }, (_, number) => makeLine(number + 1));
  const axis = element("div", { class: "envelope-axis", "aria-hidden": "true" }, ...[0, 25, 50, 75, 100].map(tick));
  const chart = element("div", { class: "envelope-chart", role: "img" }, ...lines.map(({ line }) => line), axis);
  const summary = element("div", { class: "envelope-summary" });
  picture.append(chart, element("p", { class: "kit-hint" }, words.legend), summary);

  const button = element("button", { type: "button", class: "kit-button kit-primary" });
  button.addEventListener("click", () => update(pressed(data, store.get())));
  actions.append(button);
  const { code, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: store.get,
    go: store.set,
  });

  const draw = () => {
    const now = store.get();
    const seen = view(data, now);
    title.textContent = seen.title;
    facts.replaceChildren(...seen.facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    for (const { end, slider } of ends) {
      slider.set(now[end]);
      slider.range.disabled = !seen.canMove;
    }
    chart.setAttribute("aria-label", seen.alt);
    seen.rows.forEach((row, number) => lines[number].draw(row));
    summary.replaceChildren(...seen.tables.map(tableOf));
    button.textContent = seen.button;
    button.disabled = !seen.canPress;
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}

/** @param {number} percent */
function tick(percent) {
  return placed(element("span", {}, `${percent}%`), percent);
}

/** @param {import("./envelopes_model.js").Table} table */
function tableOf({ caption, columns, rows }) {
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, rowOf("th", { scope: "col" }, columns)),
    element("tbody", {}, ...rows.map((row) => rowOf("td", {}, row))),
  );
}

/** @param {"td" | "th"} tag @param {Record<string, string>} attributes @param {string[]} texts */
function rowOf(tag, attributes, texts) {
  return element("tr", {}, ...texts.map((text) => element(tag, attributes, text)));
}

/** Say where something lies on the axis. @template {HTMLElement} T @param {T} part @param {number} from @param {number} [to] @returns {T} */
function placed(part, from, to = from) {
  part.style.setProperty("--from", String(from));
  part.style.setProperty("--to", String(to));
  return part;
}

/** One envelope's line: the reader's limits, the formulas', and the dot, as far as they are there. @param {number} number */
function makeLine(number) {
  const band = element("span", { class: "envelope-band" });
  const inputs = element("span", { class: "envelope-limits envelope-inputs" });
  const units = element("span", { class: "envelope-limits envelope-units" });
  const dot = element("span", { class: "envelope-dot" });
  const track = element("div", { class: "envelope-track" }, band, inputs, units, dot);
  const line = element("div", { class: "envelope-line" }, element("span", { class: "envelope-number" }, String(number)), track);
  /** @param {{ low?: number, high?: number, hit?: number, held?: boolean, by_inputs?: number[], by_units?: number[] | null, now: boolean }} row */
  const draw = ({ low, high, hit, held, by_inputs, by_units, now }) => {
    line.classList.toggle("envelope-now", now);
    line.classList.toggle("envelope-missed", held === false);
    /** @param {HTMLElement} part @param {readonly (number | undefined)[] | null | undefined} ends */
    const show = (part, ends) => {
      part.hidden = ends?.[0] === undefined;
      if (ends?.[0] !== undefined) placed(part, ends[0], ends[1]);
    };
    show(band, [low, high]);
    show(inputs, by_inputs);
    show(units, by_units);
    show(dot, [hit, hit]);
  };
  return { line, draw };
}
