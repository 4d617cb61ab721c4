// The freeze lab on the page: the parts of the kit, put together around one state.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeChoice, makeNumber } from "../../frontend/kit/choice.js";
import { makeFreezeStrip } from "../../frontend/kit/freeze_strip.js";
import { makeGauge } from "../../frontend/kit/gauge.js";
import { makeLevelGuess } from "../../frontend/kit/level_guess.js";
import { fill, scientific } from "../../frontend/kit/numbers.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { element } from "../../frontend/kit/page.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { makeTransport } from "../../frontend/kit/transport.js";
import { fields, follows, sameSetting, settingOf, view } from "./freeze_model.js";

const LAB = "freeze-lab";
const REMEMBERED = 8; // runs that can become the ghost

/**
 * @param {HTMLElement} root
 * @param {import("./freeze_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./freeze_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountFreezeLab(root, data, store, { kernel, lesson, address }) {
  const { words, epochs, seed, head, batchnorm, version } = data.table;
  /** @type {import("../../frontend/kit/notebook_host.js").Snapshot} */
  let snapshot = { phase: "idle", words: "", run: null };
  /** @type {import("./freeze_model.js").Seen[]} */
  let seen = [];

  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { top, controls, picture, actions } = frame;
  const gauges = element("div", { class: "kit-gauges" });
  picture.append(gauges);

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
  const look = () => view(data, store.get(), { live: snapshot.run, seen, canRun: kernel !== null });

  const network = makeFreezeStrip(top, {
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
  const card = kernel ? makeRunCard(controls, kernel.ask) : null;
  if (!kernel) controls.append(element("p", {}, element("a", { href: lesson }, words.lesson)));

  const more = frame.fold("More settings");
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
  const { code, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: store.get,
    go(state) {
      transport.stop();
      update(state);
    },
  });

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
  picture.append(legend);
  /** @type {number[]} */
  let places = [];
  const transport = makeTransport(actions, {
    name: "Step",
    words: (place) => (places.length ? `step ${places[place]} of ${places[places.length - 1]}` : ""),
    show: (place) => store.set({ step: places[place] }),
  });

  actions.append(reveal);

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
    frame.say(seenNow.result, seenNow.stateLine);
    const elsewhere = snapshot.phase === "idle" && snapshot.run !== null && !sameSetting(snapshot.run.setting, settingOf(now));
    card?.set(snapshot.phase, elsewhere ? "" : snapshot.words, snapshot.run);
  };

  rate.start(store.get().learning_rate);
  length.start(store.get().epochs);
  store.listen(show);
  kernel?.listen((next) => {
    const ended = next.run !== null && next.run.outcome !== "" && next.phase === "idle" && snapshot.phase !== "idle";
    snapshot = next;
    if (ended && next.run && sameSetting(next.run.setting, settingOf(store.get()))) {
      store.set({ revealed: true, step: data.steps_per_epoch * epochs.most });
    }
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

/** @param {any} words @param {number | null} compared */
function note(words, compared) {
  return compared === null ? "" : fill(words.frozen, { share: `${Math.round(100 * compared)}%` });
}
