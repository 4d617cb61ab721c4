// The freeze lab on the page: the parts of the kit, put together around one state.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeChoice, makeNumber } from "../../frontend/kit/choice.js";
import { makeFreezeStrip } from "../../frontend/kit/freeze_strip.js";
import { makeGauge } from "../../frontend/kit/gauge.js";
import { makeLevelGuess } from "../../frontend/kit/level_guess.js";
import { fill, scientific } from "../../frontend/kit/numbers.js";
import { element, say } from "../../frontend/kit/page.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { makeShare } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { decode, encode } from "../../frontend/kit/state_link.js";
import { makeTransport } from "../../frontend/kit/transport.js";
import { fields, follows, sameSetting, settingOf, view } from "./freeze_model.js";

const LAB = "freeze-lab";
const REMEMBERED = 8; // runs that can become the ghost

/**
 * @typedef {object} Snapshot what Python says about its run
 * @property {import("../../frontend/kit/run_card.js").Phase} phase
 * @property {string} words
 * @property {import("./freeze_model.js").LiveRun | null} run
 *
 * @typedef {object} Host where the lab stands
 * @property {{ ask: (command: string) => void, listen: (hear: (snapshot: Snapshot) => void) => void, onCut: (hear: () => void) => void } | null} trains
 *   null on a web page, where nothing trains
 * @property {string} lesson the address of the lesson, for a page where nothing trains
 * @property {string} address what stands before a shared state: a page's address and "#", or nothing
 */

/**
 * @param {HTMLElement} root
 * @param {import("./freeze_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./freeze_model.js").State>} store
 * @param {Host} host
 */
export function mountFreezeLab(root, data, store, { trains, lesson, address }) {
  const { words, epochs, seed, head, batchnorm, version } = data.table;
  /** @type {Snapshot} */
  let snapshot = { phase: "idle", words: "", run: null };
  /** @type {import("./freeze_model.js").Seen[]} */
  let seen = [];

  root.classList.add("course-lab", "freeze-lab");
  root.dataset.lmSuppressShortcuts = "true"; // otherwise JupyterLab takes letters, arrows and Enter
  const notice = element("p", { class: "freeze-notice", role: "alert", hidden: true });
  const state = element("p", { class: "freeze-state" });
  const result = element("p", { class: "freeze-result", role: "status" });
  const strip = element("div");
  const controls = element("div", { class: "freeze-controls" });
  const picture = element("div", { class: "freeze-picture" });
  const actions = element("div", { class: "kit-row freeze-actions" });
  const gauges = element("div", { class: "freeze-gauges" });
  const columns = element("div", { class: "freeze-columns" }, controls, picture);
  root.append(
    element("h3", { class: "freeze-question" }, words.question),
    notice,
    strip,
    state,
    columns,
  );
  picture.append(result, gauges);

  let moving = false;
  /**
   * Change the state, and what follows from that. The run that was shown before a move began becomes the ghost.
   * @param {Partial<import("./freeze_model.js").State>} change
   * @param {boolean} [goesOn] whether it is part of a move that has not ended
   */
  const update = (change, goesOn = false) => {
    const now = store.get();
    const next = { ...now, ...follows(now, { ...now, ...change }), ...change };
    if (!moving && !sameSetting(now, next)) remember();
    moving = goesOn;
    store.set(next);
  };
  const moved = () => {
    moving = false;
  };
  const remember = () => {
    const { seen: shown } = look();
    if (shown) seen = [...seen.filter((old) => !sameSetting(old.setting, shown.setting)), shown].slice(-REMEMBERED);
  };
  const look = () => view(data, store.get(), { live: snapshot.run, seen, canRun: trains !== null });

  const network = makeFreezeStrip(strip, {
    blocks: data.blocks,
    rates: data.rates,
    input: (locked) => update({ locked }, true),
    change: moved,
  });
  const rate = makeSlider(controls, {
    name: "Learning rate",
    stops: data.rates,
    scale: logarithmic(data.rates[0], data.rates[data.rates.length - 1]),
    write: scientific,
    words: (value) => `learning rate ${scientific(value)}`,
    ticks: data.rates.filter((value) => /^1e/.test(scientific(value))),
    input: (value) => update({ learning_rate: value }, true),
    change: moved,
  });
  const length = makeSlider(controls, {
    name: "Epochs",
    stops: Array.from({ length: epochs.most - epochs.least + 1 }, (_, number) => epochs.least + number),
    scale: linear(epochs.least, epochs.most),
    write: String,
    words: (value) => (value === 1 ? words.epoch : fill(words.epochs, { count: value })),
    ticks: [1, 4, 8, 12, 16, 20],
    input: (value) => update({ epochs: value }, true),
    change: moved,
  });
  const reveal = element("button", { type: "button", class: "kit-button kit-primary" }, "Reveal");
  reveal.addEventListener("click", () => {
    if (look().canHide) {
      transport.stop();
      store.set({ revealed: false, guess: null, step: 0 });
    } else {
      store.set({ revealed: true, step: 0 });
      transport.play();
    }
  });
  const card = trains ? makeRunCard(controls, trains.ask) : null;
  if (!trains) controls.append(element("p", {}, element("a", { href: lesson }, words.lesson)));

  const folded = element("div", { class: "freeze-more" });
  const more = element("div");
  const starts = makeChoice(more, {
    name: "Head starts from",
    options: Object.entries(head).map(([value, text]) => ({ value, text: String(text) })),
    change: (value) => update({ head: value }),
  });
  const mode = makeChoice(more, {
    name: "BatchNorm in mode",
    options: Object.entries(batchnorm).map(([value, text]) => ({ value, text: String(text) })),
    change: (value) => update({ batchnorm: value }),
  });
  const draw = makeNumber(more, { name: "Seed", ...seed, change: (value) => update({ seed: value }) });
  const share = element("div");
  const kept = fields(data);
  /** Go to the state in a text, or return why not. @param {string} text */
  const restore = (text) => {
    const found = decode(LAB, version, kept, text);
    if ("problem" in found) return found.problem;
    transport.stop();
    update(found.state);
    return "";
  };
  const code = () => encode(LAB, version, kept, store.get());
  makeShare(share, { what: address ? "link" : "state", text: () => address + code(), restore });
  folded.append(
    element("details", { class: "kit-fold" }, element("summary", {}, "More settings"), more),
    element("details", { class: "kit-fold" }, element("summary", {}, "Share what you see"), share),
  );

  const target = makeGauge(gauges, { name: words.target, tone: "target" });
  const source = makeGauge(gauges, { name: words.source, tone: "source" });
  const chart = makeChart(picture, { readerName: "Read the curves, step by step" });
  const guess = makeLevelGuess(chart, {
    name: words.guess,
    tone: "source",
    invitation: words.invitation,
    write: (value) => fill(words.guessed, { guess: value }),
    input: (value) => store.set({ guess: value }),
  });
  const legend = element("ul", { class: "kit-legend" });
  picture.append(legend, actions);
  /** @type {number[]} */
  let places = [];
  const transport = makeTransport(actions, {
    name: "Step",
    words: (place) => (places.length ? `step ${places[place]} of ${places[places.length - 1]}` : ""),
    show: (place) => store.set({ step: places[place] }),
  });

  actions.append(reveal);
  columns.append(folded);

  const show = () => {
    const now = store.get();
    const seenNow = look();
    network.set({ locked: now.locked, rate: now.learning_rate, drift: seenNow.drift });
    rate.set(now.learning_rate);
    length.set(now.epochs);
    starts.set(now.head);
    mode.set(now.batchnorm);
    draw.set(now.seed);
    guess.set(now.guess, seenNow.guessOpen);
    reveal.disabled = !seenNow.canReveal && !seenNow.canHide;
    reveal.textContent = seenNow.canHide ? "Guess again" : "Reveal";
    target.set(seenNow.target.share, seenNow.target.compared, note(words, seenNow.target.compared));
    source.set(
      seenNow.source.share,
      seenNow.source.compared,
      seenNow.guessOpen ? words.hidden : note(words, seenNow.source.compared),
    );
    chart.draw({
      alt: `Accuracy on validation pictures of both tasks against optimizer steps. ${seenNow.result}`,
      xName: "optimizer steps",
      xEnd: seenNow.xEnd,
      lines: seenNow.lines,
      levels: seenNow.levels,
      marks: seenNow.marks,
      gap: seenNow.gap,
    });
    reveal.classList.toggle("kit-primary", !seenNow.canHide);
    legend.replaceChildren(
      ...(seenNow.lines.some(({ kind }) => kind === "recorded") ? [element("li", {}, "recorded")] : []),
      ...(seenNow.live ? [element("li", { class: "kit-legend-live" }, "live")] : []),
      ...(seenNow.levels.length ? [element("li", { class: "kit-legend-level" }, words.level)] : []),
      ...(seenNow.ghost ? [element("li", { class: "kit-legend-ghost" }, `before: ${seenNow.ghost}`)] : []),
    );
    places = seenNow.places;
    transport.set(places.length, seenNow.at);
    say(result, seenNow.result);
    say(state, seenNow.stateLine);
    card?.set(snapshot.phase, snapshot.phase === "idle" && !seenNow.live && snapshot.run ? "" : snapshot.words, snapshot.run);
  };

  rate.start(store.get().learning_rate);
  length.start(store.get().epochs);
  store.listen(show);
  trains?.listen((next) => {
    const ended = next.run !== null && next.run.outcome !== "" && next.phase === "idle" && snapshot.phase !== "idle";
    snapshot = next;
    if (ended && next.run && sameSetting(next.run.setting, settingOf(store.get()))) {
      store.set({ revealed: true, step: data.steps_per_epoch * epochs.most });
    }
    show();
  });
  trains?.onCut(() => card?.cut(words.gone));
  show();

  return {
    code,
    update,
    restore,
    /** Show a sentence above everything else. @param {string} sentence */
    warn(sentence) {
      notice.hidden = sentence === "";
      say(notice, sentence);
    },
  };
}

/** @param {any} words @param {number | null} compared */
function note(words, compared) {
  return compared === null ? "" : fill(words.frozen, { share: `${Math.round(100 * compared)}%` });
}
