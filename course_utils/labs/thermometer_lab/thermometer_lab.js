// The forgetting thermometer on the page: the parts of the kit, put together around one state.

import { makeChart } from "../../frontend/kit/chart.js";
import { makeChoice, makeNumber } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { makeGauge } from "../../frontend/kit/gauge.js";
import { clamp, fill, percent } from "../../frontend/kit/numbers.js";
import { element, newId } from "../../frontend/kit/page.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { makeStepGuess } from "../../frontend/kit/step_guess.js";
import { makeThermometer } from "../../frontend/kit/thermometer.js";
import { makeTransport, play } from "../../frontend/kit/transport.js";
import { end, fields, follows, placeWords, recordedRun, sameSetting, settled, settingOf } from "./thermometer_data.js";
import { drawBest, drawStretches } from "./thermometer_marks.js";
import { momentAt, view } from "./thermometer_model.js";
import { dialValue, zoneWords } from "./thermometer_sentences.js";

const LAB = "forgetting-thermometer";
const REMEMBERED = 8; // runs that can become the ghost
const WHOLE = 9000; // milliseconds that a run takes, when the learner is to stop it in time

/**
 * @param {HTMLElement} root
 * @param {import("./thermometer_data.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./thermometer_data.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountThermometer(root, data, store, { kernel, lesson, address }) {
  const { words, methods, seed, version } = data.table;
  /** @type {import("../../frontend/kit/notebook_host.js").Snapshot} */
  let snapshot = { phase: "idle", words: "", run: null };
  /** @type {import("./thermometer_model.js").Seen[]} */
  let seen = [];
  let game = 0; // of the run that plays to be stopped; 0 if none does
  let [games, moving] = [0, false];

  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;
  const look = () => view(data, store.get(), { live: snapshot.run, seen, canRun: kernel !== null, playing: game !== 0 });

  /**
   * Change the state, and what follows from that. The run that was shown before a move began becomes the ghost.
   * @param {Partial<import("./thermometer_data.js").State>} change
   * @param {boolean} [goesOn] whether it is part of a move that has not ended
   */
  const update = (change, goesOn = false) => {
    const now = store.get();
    const next = { ...now, ...follows(now, { ...now, ...change }), ...change };
    if (!sameSetting(now, next)) {
      game = 0;
      transport.stop();
      if (!moving) remember();
    }
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

  const method = makeChoice(controls, {
    name: words.method,
    options: Object.entries(methods).map(([value, { text }]) => ({ value, text })),
    change: (value) => update(settingOf(settled(data, { ...store.get(), method: value }))),
  });
  const dials = Object.entries(methods).map(([name, { dial, scale }]) => {
    const stops = data.dials[name];
    const box = element("div");
    controls.append(box);
    /** @param {number} value */
    const write = (value) => dialValue(data, name, value);
    const slider = makeSlider(box, {
      name: dial,
      stops,
      scale: (scale === "linear" ? linear : logarithmic)(stops[0], stops[stops.length - 1]),
      write,
      words: (value) => `${dial.toLowerCase()} ${write(value)}`,
      ticks: stops,
      input: (value) => update({ value }, true),
      change: moved,
    });
    slider.start(methods[name].start);
    slider.range.disabled = stops.length === 1;
    return { name, box, slider };
  });
  const draw = makeNumber(controls, { name: "Seed", ...seed, change: (value) => update({ seed: value }) });
  const trains = element("div");
  const bare = element("p", { class: "kit-hint" }, words.no_run);
  controls.append(trains, bare);
  const card = kernel ? makeRunCard(trains, kernel.ask) : null;
  if (!kernel) trains.append(element("p", {}, element("a", { href: lesson }, words.lesson)));

  const { code, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: store.get,
    go(state) {
      game = 0;
      transport.stop();
      update(settled(data, state));
    },
  });

  const stage = element("div", { class: "thermometer-stage" });
  picture.append(stage);
  const thermometer = makeThermometer(stage, {
    name: words.source,
    tone: "source",
    green: words.green,
    red: words.red,
    unknown: words.unknown,
  });
  const dash = element("div", { class: "thermometer-dash" });
  const plot = element("div", { class: "thermometer-chart" });
  stage.append(dash, plot);
  const target = makeGauge(dash, { name: words.target, tone: "target" });
  const big = element("button", { type: "button", class: "kit-button kit-primary" }, words.play);
  const reveal = element("button", { type: "button", class: "kit-button" }, "Reveal");
  dash.append(element("div", { class: "thermometer-buttons" }, big, reveal));

  const chart = makeChart(plot, { readerName: "Read the curves, step by step", height: 320 });
  const guess = makeStepGuess(chart, {
    name: words.guess,
    invitation: words.invitation,
    closed: words.you,
    input: (step) => store.set({ guess: step }),
  });
  const legend = element("ul", { class: "kit-legend" });
  plot.append(legend);
  const pattern = newId();
  /** @type {readonly number[]} */
  let places = [];
  const transport = makeTransport(actions, {
    name: "Step",
    words: (place) =>
      places.length ? fill(placeWords(data, store.get().method).total, { x: places[place], end: places[places.length - 1] }) : "",
    show: (place) => store.set({ step: places[place] }),
  });

  /** Play the run at a pace at which it can be stopped, with less motion too: that is the question. */
  const begin = () => {
    const { stops } = look();
    const { step } = store.get();
    const mine = (games += 1);
    game = mine;
    store.set({ guess: null });
    play(
      stops.findIndex((stop) => stop > step),
      stops.length - 1,
      (place) => {
        if (place === stops.length - 1) game = 0; // nobody stopped it
        store.set({ step: stops[place], revealed: game === 0 });
      },
      {
        still: false,
        later: (act) => void setTimeout(act, clamp(WHOLE / stops.length, 600, 1500)),
        goes: () => game === mine && root.isConnected,
      },
    );
  };
  const halt = () => {
    game = 0;
    const { step } = store.get();
    store.set({ guess: step, revealed: true });
    transport.play(look().at);
  };
  const press = () => {
    if (game) halt();
    else if (look().canHide) {
      transport.stop();
      store.set({ revealed: false, guess: null, step: 0 });
    } else begin();
  };
  big.addEventListener("click", press);
  reveal.addEventListener("click", () => {
    store.set({ revealed: true, step: 0 });
    transport.play();
    big.focus(); // this button goes away
  });
  root.addEventListener("keydown", (event) => {
    const at = /** @type {HTMLElement} */ (event.target);
    if (!game || event.key !== " " || at === big || at.classList.contains("kit-typed")) return;
    event.preventDefault();
    halt();
  });

  const show = () => {
    const now = store.get();
    const seenNow = look();
    method.set(now.method);
    for (const { name, box, slider } of dials) {
      box.hidden = name !== now.method;
      if (!box.hidden) slider.set(now.value);
    }
    draw.set(now.seed);
    trains.hidden = !seenNow.trains && snapshot.phase === "idle";
    bare.hidden = seenNow.trains;

    const kept = seenNow.source !== null && data.intact ? fill(words.kept, { share: percent(seenNow.source / data.intact) }) : "";
    const zone = seenNow.source !== null && data.alarm !== null ? zoneWords(data, seenNow.source) : kept;
    root.style.setProperty("--fall", game ? "400ms" : "var(--quick)");
    thermometer.set({
      share: seenNow.source,
      alarm: seenNow.level,
      words: seenNow.started ? zone : seenNow.source === null ? "" : words.before,
    });
    target.set(seenNow.target, null, seenNow.targetPlace);
    big.textContent = game ? `■ ${words.stop}` : seenNow.canHide ? words.again : `▶ ${now.step > 0 ? words.go_on : words.play}`;
    big.disabled = !game && !seenNow.canPlay && !seenNow.canHide;
    big.classList.toggle("kit-primary", !seenNow.canHide && now.guess === null);
    reveal.hidden = !seenNow.canReveal;
    reveal.classList.toggle("kit-primary", now.guess !== null);
    chart.draw({
      alt: `Accuracy on validation pictures of both tasks, by ${seenNow.xName}. ${seenNow.result}`,
      xName: seenNow.xName,
      xEnd: seenNow.end,
      xWords: seenNow.xWords,
      lines: seenNow.lines,
      levels: seenNow.level === null ? [] : [{ tone: "source", share: seenNow.level }],
      more: (at) => [
        ...drawStretches(at, seenNow.red, pattern, words.in_red),
        ...(seenNow.best ? [drawBest(at, seenNow.best, words.best)] : []),
      ],
    });
    guess.set({
      guess: seenNow.stops.length && now.guess !== null ? now.guess : null,
      open: seenNow.guessOpen,
      stops: seenNow.stops,
      write: (step) => fill(words.guessed, { at: fill(placeWords(data, now.method).at, { x: step }) }),
    });
    legend.replaceChildren(
      ...(seenNow.stops.length ? [element("li", {}, "recorded")] : []),
      ...(seenNow.live ? [element("li", { class: "kit-legend-live" }, "live")] : []),
      ...(seenNow.level === null ? [] : [element("li", { class: "kit-legend-level" }, words.level)]),
      ...(seenNow.ghost ? [element("li", { class: "kit-legend-ghost" }, `before: ${seenNow.ghost}`)] : []),
    );
    places = seenNow.places;
    transport.set(places.length, seenNow.at);
    frame.say(seenNow.result, seenNow.stateLine);
    const elsewhere = snapshot.phase === "idle" && snapshot.run !== null && !sameSetting(snapshot.run.setting, settingOf(now));
    card?.set(snapshot.phase, elsewhere ? "" : snapshot.words, snapshot.run);
  };

  store.listen(show);
  kernel?.listen((next) => {
    const ended = next.run !== null && next.run.outcome !== "" && next.phase === "idle" && snapshot.phase !== "idle";
    snapshot = next;
    const now = store.get();
    const recorded = recordedRun(data, now);
    if (next.phase !== "idle") game = 0; // the live run is the one to stop
    if (ended && next.run && recorded && sameSetting(next.run.setting, settingOf(now))) {
      const stopped = next.run.outcome === "stopped" && !now.revealed ? (momentAt(recorded, next.run.step)?.[0] ?? null) : now.guess;
      store.set({ guess: stopped, revealed: true, step: end(data, now) });
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
