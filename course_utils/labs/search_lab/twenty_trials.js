// The lab twenty trials on the page: the parts of the kit, put together around one state.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeChoice, makeNumber } from "../../frontend/kit/choice.js";
import { toX, toY } from "../../frontend/kit/curves.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { element, svg } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { logarithmic } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { bestOf, fields, placesOf, startOf, tryIt, view } from "./search_model.js";

const LAB = "twenty-trials";
const LOWEST = 0.4; // the chart's lowest accuracy that has a line

/**
 * @param {HTMLElement} root
 * @param {import("./search_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./search_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountTwentyTrials(root, data, store, { address }) {
  const { words, version, budget, tasks, options, guess: bounds } = data.table;
  const rates = /** @type {number[]} */ (data.values.learning_rate);
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;
  /** @param {Partial<import("./search_model.js").State>} change */
  const update = (change) => store.set(change);

  const task = makeChoice(controls, {
    name: words.task,
    options: tasks.map((/** @type {string} */ name) => ({ value: name, text: name })),
    change: (name) => store.set({ ...startOf(data), task: name }),
  });
  const rate = makeSlider(controls, {
    name: words.learning_rate,
    stops: rates,
    scale: logarithmic(rates[0], rates[rates.length - 1]),
    write: scientific,
    words: scientific,
    ticks: rates.filter((_, number) => number % 3 === 0),
    input: (value) => update({ learning_rate: rates.indexOf(value) }),
    change: () => {},
  });
  rate.start(rates[store.get().learning_rate]);
  const choices = Object.entries(options).map(([name, texts]) => {
    const choice = makeChoice(controls, {
      name: words[name],
      options: /** @type {string[]} */ (texts).map((text, at) => ({ value: String(at), text })),
      change: (at) => update({ [name]: Number(at) }),
    });
    return { name: /** @type {keyof import("./search_model.js").State} */ (name), choice };
  });

  const chart = makeChart(picture, { readerName: words.reader, grid: [0, 0.2, LOWEST, 0.6, 0.8, 1] });
  const list = element("table", { class: "trials-list" });
  picture.append(list);

  const tryButton = element("button", { type: "button", class: "kit-button" }, words.try);
  tryButton.addEventListener("click", () => update(tryIt(data, store.get())));
  const back = element("button", { type: "button", class: "kit-button" }, words.try_best);
  back.addEventListener("click", () => {
    const { task: of, tried } = store.get();
    update(placesOf(data, tried[bestOf(data.sweeps[of].scores, tried)]));
  });
  actions.append(tryButton, back);
  const guess = makeNumber(actions, { name: words.guess, ...bounds, change: (value) => update({ guess: value }) });
  const reveal = makeReveal(actions, {
    words: { reveal: words.reveal, again: words.restart },
    revealed: () => store.get().revealed,
    reveal: () => store.set({ revealed: true }),
    again: () => store.set({ ...startOf(data), task: store.get().task }),
  });
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
    task.set(now.task);
    rate.set(rates[now.learning_rate]);
    for (const { name, choice } of choices) choice.set(String(now[name]));
    if (now.guess !== null) guess.set(now.guess);
    chart.draw({
      alt: seen.alt,
      xName: words.axis,
      xEnd: budget,
      xTicks: [1, 5, 10, 15, 20],
      xWords: (number) => fill(words.trial, { number }),
      lines: seen.lines,
      levels: seen.levels,
      marks: seen.marks,
      more: (at) => (seen.dots ?? []).map(([x, y]) => svg("circle", { class: "trials-dot", cx: toX(at, x), cy: toY(at, y), r: 4 })),
    });
    list.hidden = seen.list.length === 0;
    list.replaceChildren(
      element("caption", {}, words.list),
      element("thead", {}, element("tr", {}, ...[words.score, words.what].map((text) => element("th", { scope: "col" }, text)))),
      element(
        "tbody",
        {},
        ...seen.list.slice(0, 5).map((trial) => element("tr", {}, element("td", {}, percent(trial.score)), element("td", {}, trial.words))),
      ),
    );
    tryButton.disabled = !seen.canTry;
    tryButton.classList.toggle("kit-primary", seen.canTry);
    back.disabled = !seen.hasBest;
    reveal.draw(seen.canReveal, !seen.canTry);
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}
