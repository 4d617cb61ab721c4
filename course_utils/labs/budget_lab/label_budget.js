// The label-budget lab on the page: the parts of the kit, put together around one state.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeChoice } from "../../frontend/kit/choice.js";
import { makeCrossingGuess } from "../../frontend/kit/crossing_guess.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { fill, percent } from "../../frontend/kit/numbers.js";
import { element, lessMotion, say } from "../../frontend/kit/page.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { logarithmic, spaced } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { makeSpriteGrid } from "../../frontend/kit/sprite_grid.js";
import { play } from "../../frontend/kit/transport.js";
import { drawMarks, neverPlace } from "./budget_marks.js";
import { changed, drawnPictures, fields, guesses, sameSetting, taskOf, view } from "./budget_model.js";
import { labelWords } from "./budget_sentences.js";

const LAB = "label-budget";
const HEIGHT = 340; // pixels of the chart
const NAMES = 120; // pixels behind the last budget, for a name at the end of a curve
const AXIS = 44; // pixels left of the plot
const NEVER = 0.16; // of the plot at least, behind the last budget
const FRAMES = 60; // of the reveal
const BETWEEN_TICKS = 0.1; // of the slider's length

/**
 * @param {HTMLElement} root
 * @param {import("./budget_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./budget_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountLabelBudget(root, data, store, { kernel, lesson, address }) {
  const { words, task: tasks, seed: seeds, never, shown, version } = data.table;
  /** @type {import("../../frontend/kit/notebook_host.js").Snapshot} */
  let snapshot = { phase: "idle", words: "", run: null };
  /** @type {import("./budget_model.js").LiveRun[]} */
  let runs = [];
  /** @type {Record<string, string>} */
  const sheets = { ...data.pictures };
  /** @type {number | null} how far the reveal has drawn, in labels per class */
  let drawn = null;

  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { top, controls, picture, actions } = frame;

  /** @param {Partial<import("./budget_model.js").State>} change */
  const update = (change) => {
    if (change.revealed !== undefined || change.task !== undefined || change.labels !== undefined) drawn = null;
    store.set(changed(data, store.get(), change));
  };

  const sprites = makeSpriteGrid(top, { slots: shown });
  const choice = makeChoice(controls, {
    name: words.task,
    options: Object.entries(tasks).map(([value, text]) => ({ value, text: String(text) })),
    change: (value) => update({ task: value }),
  });
  const sliderBox = element("div");
  const draw = element("button", { type: "button", class: "kit-button" }, words.draw);
  draw.addEventListener("click", () => {
    const next = store.get().seed + 1;
    update({ seed: next > seeds.most ? seeds.least : next });
  });
  controls.append(sliderBox, element("div", {}, draw));
  const card = kernel ? makeRunCard(controls, kernel.ask) : null;
  if (!kernel) controls.append(element("p", {}, element("a", { href: lesson }, words.lesson)));

  const sources = element("p", { class: "budget-sources" });
  frame.fold("Where the curves come from").append(sources);
  const { code, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: store.get,
    go: update,
  });

  const chart = makeChart(picture, { readerName: words.reader, height: HEIGHT, room: roomForNames });
  const legend = element("ul", { class: "kit-legend" });
  picture.append(legend);
  const guess = makeCrossingGuess(chart, {
    name: words.guess,
    tone: "scratch",
    invitation: words.invitation,
    write: (value) => (isNever(value) ? words.never : labelWords(words, value)),
    words(value) {
      const accuracy = percent(look().level?.share ?? 0);
      const last = labelWords(words, lastBudget());
      return isNever(value)
        ? fill(words.guessed_never_reading, { accuracy, labels: last })
        : fill(words.guessed_reading, { accuracy, labels: labelWords(words, value) });
    },
    input: (value) => store.set({ guess: isNever(value) ? never : value }),
  });
  const reveal = element("button", { type: "button", class: "kit-button kit-primary" });
  actions.append(reveal);
  reveal.addEventListener("click", () => {
    if (store.get().revealed) {
      update({ revealed: false, guess: null });
      return;
    }
    const { budgets } = taskOf(data, store.get().task);
    const scale = logarithmic(budgets[0], lastBudget());
    drawn = budgets[0];
    store.set({ revealed: true });
    play(1, FRAMES, (now) => {
      drawn = now === FRAMES ? null : scale.value(now / FRAMES);
      show();
    }, { still: lessMotion(), later: (act) => void requestAnimationFrame(act), goes: () => drawn !== null });
  });

  const lastBudget = () => taskOf(data, store.get().task).budgets.at(-1) ?? 1;
  /** @param {number} value on the axis */
  const isNever = (value) => value > lastBudget();
  const look = () => view(data, store.get(), { runs, drawn, canRun: kernel !== null });

  /** @type {ReturnType<typeof makeSlider> | null} */
  let slider = null;
  let sliderOf = "";
  /** @param {import("./budget_model.js").Task} task */
  const showSlider = ({ name, budgets }) => {
    if (name !== sliderOf) {
      sliderOf = name;
      sliderBox.replaceChildren();
      const scale = logarithmic(budgets[0], budgets[budgets.length - 1]);
      slider = makeSlider(sliderBox, {
        name: words.labels_name,
        stops: budgets,
        scale,
        write: String,
        words: (value) => fill(words.per_class, { labels: labelWords(words, value) }),
        ticks: spaced(budgets, scale.place, BETWEEN_TICKS),
        input: (value) => update({ labels: value }),
        change() {},
      });
      slider.start(store.get().labels);
    }
    slider?.set(store.get().labels);
  };
  /** @param {string} task */
  const showPictures = (task) => {
    if (!(task in sheets)) {
      sheets[task] = "";
      kernel?.ask("pictures", { task });
    }
    sprites.set({ sheet: sheets[task], ...drawnPictures(data, store.get()) });
  };

  const show = () => {
    const now = store.get();
    const seen = look();
    const task = taskOf(data, now.task);
    const last = lastBudget();
    choice.set(now.task);
    showSlider(task);
    showPictures(task.name);
    chart.draw({
      alt: fill(words.alt, { result: seen.result }),
      xName: words.x_name,
      xStart: seen.xStart,
      xEnd: seen.xEnd,
      xTicks: task.budgets,
      xWords: (labels) => fill(words.per_class, { labels: labelWords(words, Math.round(labels)) }),
      lines: seen.lines,
      more: (at) => drawMarks(at, seen, words, last),
    });
    guess.set({
      guess: now.guess === never || (now.guess ?? 0) > last ? neverPlace(seen) : now.guess,
      open: seen.guessOpen,
      level: seen.level?.share ?? 0,
      stops: [...guesses(task), neverPlace(seen)],
    });
    reveal.disabled = !seen.canReveal && !seen.canHide;
    reveal.textContent = seen.canHide ? "Guess again" : "Reveal";
    reveal.classList.toggle("kit-primary", !seen.canHide);
    const level = fill(words.level_legend, { labels: labelWords(words, now.labels) });
    legend.replaceChildren(
      ...(seen.level ? [element("li", { class: "kit-legend-level" }, level)] : []),
      ...(seen.draws.length ? [element("li", { class: "budget-legend-draw" }, words.draw_legend)] : []),
      ...(seen.live.length ? [element("li", { class: "budget-legend-live" }, words.live_legend)] : []),
    );
    say(sources, task.commands.length ? fill(words.sources, { commands: task.commands.join(", ") }) : task.missing);
    frame.say(seen.result, seen.stateLine);
    const over = snapshot.phase === "idle" && snapshot.run !== null && !sameSetting(snapshot.run.setting, now);
    card?.set(snapshot.phase, over ? "" : snapshot.words, snapshot.run);
  };

  store.listen(show);
  kernel?.listen((next) => {
    snapshot = next;
    if (next.run) runs = [...runs.filter(({ setting }) => !sameSetting(setting, next.run.setting)), next.run];
    show();
  });
  kernel?.hears("pictures", ({ task, sheet }) => {
    sheets[task] = sheet;
    show();
  });
  kernel?.onCut(() => {
    snapshot = { phase: "idle", words: "", run: null }; // the run is gone; what is recorded is still here
    card?.cut(words.gone);
    show();
  });
  store.set(changed(data, store.get(), {}));
  show();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}

/** Names begin at the last budget, so that the room for "never" is theirs as well. @param {number} width */
function roomForNames(width) {
  return Math.max(16, (NAMES - NEVER * (width - AXIS)) / (1 - NEVER));
}
