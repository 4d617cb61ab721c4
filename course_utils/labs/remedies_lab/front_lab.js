// The front on the page: the parts of the kit, put together around one state.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeCode } from "../../frontend/kit/code.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { drawFlag } from "../../frontend/kit/flag.js";
import { fill, scientific } from "../../frontend/kit/numbers.js";
import { element, say } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { makeFrontChart } from "./front_chart.js";
import { fields, follows, measured, methodName, nearestSetting, startOf, stops, view } from "./front_model.js";

const LAB = "front-lab";

/**
 * @param {HTMLElement} root
 * @param {import("./front_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./front_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountFrontLab(root, data, store, { address }) {
  const { words, axes, by, version, intact, guess_start: guessStart } = data.table;
  const methods = [...new Set(data.settings.map(({ method }) => method))];
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { top, controls, picture, actions } = frame;

  /** @param {Partial<import("./front_model.js").State>} change */
  const update = (change) => {
    const now = { ...store.get(), ...change };
    store.set({ ...change, ...follows(now) });
  };
  /** @param {string} method @param {Partial<{ strength: number, learning_rate: number }>} wanted */
  const choose = (method, wanted) => {
    const now = measured(data, store.get().setting) ?? { strength: 0, learning_rate: 3e-4 };
    const found = nearestSetting(data, method, { ...now, ...wanted });
    if (found) update({ setting: found.key });
  };

  const method = makeChoice(top, {
    name: words.method,
    options: methods.map((name) => ({ value: name, text: methodName(data.table, name) })),
    change: (name) => choose(name, {}),
  });
  const dials = methods.map((name) => makeDials(controls, data, name, choose));

  /** @param {string} name @param {HTMLElement} parent @param {"source" | "target"} task @param {(value: number) => void} input */
  const shareSlider = (name, parent, task, input) => {
    const [least, most] = axes[task].map((/** @type {number} */ share) => Math.round(100 * share));
    const slider = makeSlider(parent, {
      name,
      stops: Array.from({ length: most - least + 1 }, (_, number) => least + number),
      scale: linear(least, most),
      write: String,
      words: (value) => `${value}%`,
      ticks: [least, most],
      input,
      change: () => {},
    });
    slider.start(least);
    return slider;
  };
  const guessing = element("div", { class: "front-pair" });
  const demanding = element("div", { class: "front-pair" });
  controls.append(guessing, demanding);
  /** @param {0 | 1} task @param {number} value */
  const guess = (task, value) => {
    const [source, target] = store.get().guess ?? [guessStart.source, guessStart.target];
    update({ guess: task ? [source, value] : [value, target] });
  };
  const flagSliders = [
    shareSlider(words.guess_source, guessing, "source", (value) => guess(0, value)),
    shareSlider(words.guess_target, guessing, "target", (value) => guess(1, value)),
  ];
  const demandSource = shareSlider(words.demand_source, demanding, "source", (value) => update({ source: value }));
  const demandTarget = shareSlider(words.demand_target, demanding, "target", (value) => update({ target: value }));
  const currency = makeChoice(demanding, {
    name: words.by,
    options: Object.entries(by).map(([value, text]) => ({ value, text: String(text) })),
    change: (value) => update({ by: /** @type {import("./front_model.js").Currency} */ (value) }),
  });

  const chart = makeFrontChart(picture, {
    axes,
    words,
    point(source, target) {
      const { revealed } = store.get();
      if (revealed) update({ source, target });
      else if (view(data, store.get()).asks) update({ guess: [source, target] });
    },
  });
  const key = element("ul", { class: "kit-legend" });
  const demands = element("p", { class: "front-demands", role: "status" });
  picture.append(key, demands);

  const reveal = makeReveal(actions, {
    words: { reveal: "Reveal", again: "Guess again" },
    revealed: () => store.get().revealed,
    reveal: () => store.set({ revealed: true }),
    again: () => store.set(startOf(data)),
  });
  const show = element("button", { type: "button", class: "kit-button" }, words.show);
  show.addEventListener("click", () => {
    const found = view(data, store.get()).cheapest;
    if (found) update({ setting: found.key });
  });
  actions.append(show);
  const code = makeCode(frame.fold(words.code), words.code_name);
  const { code: link, restore } = shareState(frame.fold("Share what you see"), {
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
    if (seen.chosen) {
      method.set(seen.chosen.method);
      for (const dial of dials) dial.show(seen.chosen);
      code.set(seen.chosen.code);
    }
    const flag = now.guess ?? [guessStart.source, guessStart.target];
    flagSliders.forEach((slider, task) => slider.set(flag[task]));
    demandSource.set(now.source);
    demandTarget.set(now.target);
    currency.set(now.by);
    guessing.hidden = !seen.asks;
    demanding.hidden = !now.revealed;
    chart.draw({
      alt: seen.alt,
      points: seen.points,
      intact,
      demands: now.revealed ? { source: now.source / 100, target: now.target / 100 } : null,
      flag: now.guess && (now.revealed || seen.asks) ? now.guess : null,
    });
    key.replaceChildren(
      element("li", { class: "front-key-plain" }, words.plain_key),
      ...(now.revealed && seen.chosen && seen.chosen.method !== "plain" ? [element("li", { class: "front-key-own" }, fill(words.own_key, { method: methodName(data.table, seen.chosen.method) }))] : []),
      ...(now.revealed ? [element("li", { class: "front-key-other" }, words.other_key), element("li", { class: "front-key-both" }, words.both)] : []),
      ...(now.guess ? [element("li", { class: "front-key-flag" }, drawFlag(), words.flag)] : []),
      element("li", { class: "front-key-intact" }, words.intact),
    );
    say(demands, seen.demands);
    reveal.draw(seen.canReveal);
    show.hidden = !now.revealed;
    show.disabled = seen.cheapest === null || seen.cheapest.key === now.setting;
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code: link, update, restore, warn: frame.warn, words: frame.words };
}

/**
 * The sliders of one method: its strength, if it has one, and its rate.
 * @param {HTMLElement} parent
 * @param {import("./front_model.js").Data} data
 * @param {string} method
 * @param {(method: string, wanted: Partial<{ strength: number, learning_rate: number }>) => void} choose
 */
function makeDials(parent, data, method, choose) {
  const { words, strengths } = data.table;
  const box = element("div", { class: "front-pair", hidden: true });
  parent.append(box);
  /** @param {"strength" | "learning_rate"} dial @param {string} name @param {(value: number) => string} write */
  const slider = (dial, name, write) => {
    const values = stops(data, method, dial);
    const made = makeSlider(box, {
      name,
      stops: values,
      scale: logarithmic(values[0], values[values.length - 1]),
      write,
      words: write,
      input: (value) => choose(method, { [dial]: value }),
      change: () => {},
    });
    made.start(values[0]);
    return made;
  };
  const strength = strengths[method] ? slider("strength", strengths[method], String) : null;
  const rate = slider("learning_rate", words.rate, scientific);
  return {
    /** @param {import("./front_model.js").Measured} chosen */
    show(chosen) {
      box.hidden = chosen.method !== method;
      if (box.hidden) return;
      strength?.set(chosen.strength);
      rate.set(chosen.learning_rate);
    },
  };
}
