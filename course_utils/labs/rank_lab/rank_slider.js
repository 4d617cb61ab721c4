// The rank slider on the page: the parts of the kit, put together around one state.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { makeHeatMap } from "../../frontend/kit/heat_map.js";
import { scientific } from "../../frontend/kit/numbers.js";
import { element } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { fields, view } from "./rank_model.js";

const LAB = "rank-slider";

/**
 * @param {HTMLElement} root
 * @param {import("./rank_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./rank_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountRankSlider(root, data, store, { address }) {
  const { words, version, tasks, ranks, rates } = data.table;
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;
  /** @param {Partial<import("./rank_model.js").State>} change */
  const update = (change) => store.set(change);
  /** @param {number} rank */
  const written = (rank) => (rank ? String(rank) : words.full);

  const task = makeChoice(controls, {
    name: words.task,
    options: tasks.map((/** @type {string} */ name) => ({ value: name, text: name })),
    change: (name) => update({ task: name, guess: null, revealed: false }),
  });
  // The slider's stops are places, since full fine-tuning has no rank.
  const rankSlider = makeSlider(controls, {
    name: words.rank,
    stops: ranks.map((/** @type {number} */ _, /** @type {number} */ place) => place),
    scale: linear(0, ranks.length - 1),
    write: (place) => written(ranks[place]),
    words: (place) => written(ranks[place]),
    input: (place) => update({ rank: ranks[place] }),
    change: () => {},
  });
  const rateSlider = makeSlider(controls, {
    name: words.learning_rate,
    stops: rates,
    scale: logarithmic(rates[0], rates[rates.length - 1]),
    write: scientific,
    words: scientific,
    input: (value) => update({ learning_rate: value }),
    change: () => {},
  });
  rankSlider.start(ranks.indexOf(store.get().rank));
  rateSlider.start(store.get().learning_rate);
  const guess = makeChoice(controls, {
    name: words.guess,
    options: ranks.filter(Boolean).map((/** @type {number} */ rank) => ({ value: String(rank), text: String(rank) })),
    change: (rank) => update({ guess: Number(rank) }),
  });

  const upwards = [...ranks].reverse();
  const map = makeHeatMap(picture, {
    corner: words.corner,
    across: words.across,
    rows: upwards.map((rank) => element("span", {}, written(rank))),
    columns: rates.map(scientific),
    signs: { best: "★" },
    press: (row, column) => update({ rank: upwards[row], learning_rate: rates[column] }),
  });
  const key = element("p", { class: "rank-key" }, `★ ${words.best}`);
  picture.append(key);

  const reveal = makeReveal(actions, {
    words: words,
    revealed: () => store.get().revealed,
    reveal: () => store.set({ revealed: true }),
    again: () => store.set({ guess: null, revealed: false }),
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
    rankSlider.set(ranks.indexOf(now.rank));
    rateSlider.set(now.learning_rate);
    guess.set(now.guess === null ? "" : String(now.guess));
    map.set(words.map, seen.rows, { tone: "target", open: !now.revealed });
    map.enterAt(upwards.indexOf(now.rank), rates.indexOf(now.learning_rate));
    key.hidden = !now.revealed;
    reveal.draw(seen.canReveal);
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}
