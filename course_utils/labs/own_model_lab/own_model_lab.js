// The freeze lab on the learner's own model: the parts of the kit, put together around one state and one training.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeCode } from "../../frontend/kit/code.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { makeFreezeStrip } from "../../frontend/kit/freeze_strip.js";
import { makeLevelGuess } from "../../frontend/kit/level_guess.js";
import { fill, scientific } from "../../frontend/kit/numbers.js";
import { element } from "../../frontend/kit/page.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { follows, UNTRAINED, view } from "./own_model_view.js";

/**
 * @param {HTMLElement} root
 * @param {import("./own_model_view.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./own_model_view.js").State>} store
 * @param {{ kernel: any }} host always a notebook: without Python there is no model
 */
export function mountOwnModelLab(root, data, store, { kernel }) {
  const { words, epochs } = data.table;
  /** @type {import("./own_model_view.js").Training & { words: string }} */
  let training = { ...UNTRAINED, words: "" };
  const look = () => view(data, store.get(), training);
  /** Change the state, and what follows from that. @param {Partial<import("./own_model_view.js").State>} change */
  const update = (change) => {
    const now = store.get();
    store.set({ ...follows(now, { ...now, ...change }), ...change });
  };
  const ended = () => {};

  const frame = makeFrame(root, { lab: "freeze-and-rate", question: words.question });
  const { top, controls, picture, actions } = frame;
  const network = makeFreezeStrip(top, {
    blocks: data.blocks,
    ends: ["input", "head"],
    rates: data.rates,
    input: (locked) => update({ locked }),
    change: ended,
  });
  const rate = makeSlider(controls, {
    name: "Learning rate",
    stops: data.rates,
    scale: logarithmic(data.rates[0], data.rates[data.rates.length - 1]),
    write: scientific,
    words: (value) => `learning rate ${scientific(value)}`,
    ticks: data.rates.filter((value) => /^1e/.test(scientific(value))),
    input: (value) => update({ learning_rate: value }),
    change: ended,
  });
  const length = makeSlider(controls, {
    name: "Epochs",
    stops: Array.from({ length: epochs.most - epochs.least + 1 }, (_, number) => epochs.least + number),
    scale: linear(epochs.least, epochs.most),
    write: String,
    words: (value) => (value === 1 ? words.epoch : fill(words.epochs, { count: value })),
    ticks: [1, 4, 8, 12, 16, 20],
    input: (value) => update({ epochs: value }),
    change: ended,
  });
  const card = makeRunCard(
    controls,
    (command) => {
      if (command === "start" && look().judged) store.set({ guess: null }); // it was about the run before
      kernel.ask(command);
    },
    { name: "Start training", main: true },
  );
  const code = makeCode(frame.fold("The same by hand", true), "Python that does the same");

  const charts = element("div", { class: "kit-charts" });
  picture.append(charts);
  const named = (/** @type {string} */ name) => charts.append(element("b", { class: "kit-name", "aria-hidden": "true" }, name));
  named(words.validation);
  const chart = makeChart(charts, { readerName: "Read the validation accuracy, step by step", height: 226 });
  named(words.train);
  const losses = makeChart(charts, { readerName: "Read the loss, step by step", height: 128, grid: [0, 0.5, 1] });
  const guess = makeLevelGuess(chart, {
    name: words.guess,
    tone: "target",
    invitation: words.invitation,
    write: (value) => fill(words.guessed, { guess: value }),
    input: (value) => store.set({ guess: value }),
  });
  const legend = element("ul", { class: "kit-legend" });
  picture.append(legend);
  /** @param {string} text @param {() => void} press */
  const button = (text, press) => {
    const made = element("button", { type: "button", class: "kit-button" }, text);
    made.addEventListener("click", press);
    actions.append(made);
    return made;
  };
  const back = button("Back to the start", () => kernel.ask("back"));
  const again = button("Guess again", () => store.set({ guess: null }));

  const show = () => {
    const now = store.get();
    const seen = look();
    network.set({ locked: now.locked, rate: now.learning_rate, drift: seen.drift });
    rate.set(now.learning_rate);
    length.set(now.epochs);
    guess.set(now.guess, seen.guessOpen);
    const { xEnd, stages } = seen;
    chart.draw({
      alt: `Accuracy on the validation examples against optimizer steps. ${seen.result}`,
      xName: "",
      xEnd,
      lines: seen.lines,
      levels: seen.levels,
      marks: seen.marks,
      gap: seen.gap,
      stages,
    });
    losses.draw({
      alt: "The mean loss on the training examples since the epoch began, against optimizer steps.",
      xName: "optimizer steps",
      xEnd,
      lines: seen.losses,
      stages,
      write: (share) => String(Number((share * seen.top).toPrecision(2))),
    });
    legend.replaceChildren(
      element("li", { class: "kit-legend-level" }, seen.level),
      ...seen.legend.map((text) => element("li", { class: "kit-legend-live" }, text)),
      ...(seen.ghost ? [element("li", { class: "kit-legend-ghost" }, seen.ghost)] : []),
    );
    back.disabled = !seen.canGoBack;
    again.hidden = !seen.judged;
    frame.say(seen.result, seen.stateLine);
    card.set(training.phase, training.words, training.run);
  };

  rate.start(store.get().learning_rate);
  length.start(store.get().epochs);
  store.listen(show);
  kernel.listen((/** @type {typeof training} */ next) => {
    training = next;
    show();
  });
  kernel.hears("code", (/** @type {{ code: string }} */ next) => code.set(next.code));
  kernel.onCut(() => {
    card.cut(words.gone);
    back.disabled = true;
  });
  show();

  return { update, words: frame.words };
}
