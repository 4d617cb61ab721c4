// The map of depth and rate on the page: the parts of the kit, put together around one state.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeChoice, makeNumber } from "../../frontend/kit/choice.js";
import { drawFlag } from "../../frontend/kit/flag.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { makeHeatMap, makeHeatScale } from "../../frontend/kit/heat_map.js";
import { fill, scientific } from "../../frontend/kit/numbers.js";
import { element, lessMotion, say } from "../../frontend/kit/page.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeTransport, play } from "../../frontend/kit/transport.js";
import { depths, fields, follows, sameSetting, startOf } from "./map_data.js";
import { fillOrder, view } from "./map_model.js";
import { noise } from "./map_sentences.js";

const LAB = "depth-rate-map";
const BETWEEN = 70; // milliseconds between two cells of the reveal
const SIGNS = { best: "★", tie: "≈" };

/**
 * @param {HTMLElement} root
 * @param {import("./map_data.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./map_data.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountDepthRateMap(root, data, store, { kernel, lesson, address }) {
  const { words, tasks, seed: seeds, version } = data.table;
  const rows = depths(data);
  /** @type {import("../../frontend/kit/notebook_host.js").Snapshot} */
  let snapshot = { phase: "idle", words: "", run: null };
  /** @type {number | null} how many cells the reveal has filled; null if it does not go on */
  let filled = null;

  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;

  /** @param {Partial<import("./map_data.js").State>} change */
  const update = (change) => {
    const now = store.get();
    store.set({ ...follows(data, now, { ...now, ...change }), ...change });
  };

  const task = makeChoice(controls, {
    name: words.shown,
    options: Object.entries(tasks).map(([value, text]) => ({ value, text: String(text) })),
    change: (value) => store.set({ task: /** @type {import("./map_data.js").Task} */ (value) }),
  });
  const map = makeHeatMap(controls, {
    corner: words.corner,
    across: words.across,
    rows: rows.map((blocks) => rowHead(data, blocks)),
    columns: data.rates.map(scientific),
    signs: SIGNS,
    press(row, column) {
      if (filled !== null) return finish();
      transport.stop();
      const [blocks, learning_rate] = [rows[row], data.rates[column]];
      update({ blocks, learning_rate, ...(store.get().revealed ? {} : { guess: [blocks, learning_rate] }) });
    },
  });
  const invitation = element("div", { class: "map-invitation", "aria-hidden": "true" }, drawFlag(), words.invitation);
  map.box.append(invitation);
  const reveal = element("button", { type: "button", class: "kit-button kit-primary" });
  const key = element("div", { class: "map-key" });
  const scale = makeHeatScale(key);
  const flagKey = element("span", {}, drawFlag(), words.flag);
  key.append(element("span", {}, `${SIGNS.best} ${words.best}`), flagKey, element("span", {}, `${SIGNS.tie} ${noise(data)}`));
  const luck = element("p", { class: "map-luck" });
  controls.append(element("div", { class: "map-foot" }, reveal, key), luck);

  const finish = () => {
    const [blocks, learning_rate] = /** @type {import("./map_data.js").Cell} */ (data.best);
    filled = null;
    update({ revealed: true, blocks, learning_rate });
    map.enterAt(rows.indexOf(blocks), data.rates.indexOf(learning_rate));
  };
  reveal.addEventListener("click", () => {
    transport.stop();
    if (filled !== null) return finish();
    if (store.get().revealed) return update({ ...startOf(data), seed: store.get().seed });
    const count = fillOrder(data, store.get().task).length;
    filled = 0;
    play(1, count, (now) => {
      filled = now;
      if (now === count) finish();
      else show();
    }, { still: lessMotion(), later: (act) => void setTimeout(act, BETWEEN), goes: () => filled !== null });
  });

  const name = element("p", { class: "map-run-name" });
  const head = element("div", { class: "map-run-head" }, name);
  const run = element("div", { class: "map-run" }, head);
  picture.append(run);
  const seed = makeNumber(head, { name: "Seed", ...seeds, change: (value) => update({ seed: value }) });
  const chart = makeChart(run, { readerName: "Read the curves, step by step" });
  const legend = element("ul", { class: "kit-legend" });
  run.append(legend);
  /** @type {number[]} */
  let places = [];
  const transport = makeTransport(actions, {
    name: "Step",
    words: (place) => (places.length ? `step ${places[place]} of ${places[places.length - 1]}` : ""),
    show: (place) => store.set({ step: places[place] }),
  });
  const foot = element("div", { class: "map-run-foot" });
  actions.append(foot);
  const card = kernel ? makeRunCard(foot, kernel.ask) : null;
  if (!kernel) foot.append(element("a", { href: lesson }, words.lesson));

  const { code, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: store.get,
    go(state) {
      transport.stop();
      filled = null;
      store.set(state);
    },
  });

  const show = () => {
    const now = store.get();
    const seen = view(data, now, { live: snapshot.run, filled, canRun: kernel !== null });
    task.set(now.task);
    seed.set(now.seed);
    map.set(fill(words.map, { task: now.task }), seen.rows, { tone: now.task, open: !now.revealed && filled === null });
    scale.set(seen.ends, now.task);
    invitation.hidden = now.revealed || filled !== null || now.guess !== null;
    key.hidden = !now.revealed;
    flagKey.hidden = now.guess === null;
    say(luck, seen.luck);
    reveal.disabled = !seen.canReveal && !now.revealed;
    reveal.textContent = now.revealed ? "Guess again" : "Reveal";
    reveal.classList.toggle("kit-primary", !now.revealed);
    say(name, seen.name);
    chart.draw({
      alt: `Accuracy on validation pictures of both tasks against optimizer steps. ${seen.name}.`,
      xName: "optimizer steps",
      xEnd: data.steps,
      lines: seen.lines,
      levels: seen.levels,
    });
    legend.replaceChildren(
      ...(seen.lines.some(({ kind }) => kind === "recorded") ? [element("li", {}, "recorded")] : []),
      ...(seen.lines.some(({ band }) => band) ? [element("li", { class: "map-legend-band" }, words.band)] : []),
      ...(seen.live ? [element("li", { class: "kit-legend-live" }, "live")] : []),
      ...(seen.levels.length ? [element("li", { class: "kit-legend-level" }, words.level)] : []),
      ...(seen.ghost ? [element("li", { class: "kit-legend-ghost" }, words.ghost)] : []),
    );
    places = seen.places;
    transport.set(places.length, seen.at);
    frame.say(seen.result, seen.stateLine);
    const elsewhere = snapshot.phase === "idle" && snapshot.run !== null && !sameSetting(snapshot.run.setting, now);
    card?.set(snapshot.phase, elsewhere || seen.told ? "" : snapshot.words, snapshot.run);
  };

  map.enterAt(rows.indexOf(store.get().blocks), data.rates.indexOf(store.get().learning_rate));
  store.listen(show);
  kernel?.listen((next) => {
    snapshot = next;
    show();
  });
  kernel?.onCut(() => {
    snapshot = { phase: "idle", words: "", run: null }; // the run is gone; what is recorded is still here
    card?.cut(words.gone);
    show();
  });
  show();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}

/**
 * A row's name beside a small drawing of the network, from the pictures to the heads.
 * @param {import("./map_data.js").Data} data
 * @param {number} unfrozen
 */
function rowHead({ blocks, table }, unfrozen) {
  const first = blocks.length - unfrozen;
  const drawing = element("span", { class: "map-network", "aria-hidden": "true" });
  blocks.forEach((_, number) => drawing.append(element("span", { class: number < first ? "map-frozen" : "map-unfrozen" })));
  const last = blocks[blocks.length - 1];
  const { words } = table;
  const which = unfrozen === 0 ? words.none : unfrozen === 1 ? last : unfrozen === blocks.length ? words.all : fill(words.range, { first: blocks[first], last });
  return element("span", { class: "map-side" }, element("b", {}, String(unfrozen)), drawing, element("span", { class: "map-which" }, which));
}
