// The strategy map on the page: the parts of the kit, put together around one state.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { makeHeatMap } from "../../frontend/kit/heat_map.js";
import { element } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { linear, logarithmic } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { fields, signed, startOf, view } from "./strategy_model.js";

const LAB = "strategy-map";

/**
 * @param {HTMLElement} root
 * @param {import("./strategy_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./strategy_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountStrategyMap(root, data, store, { address }) {
  const { words, version, labels, head_start: starts } = data.table;
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;
  /** @param {Partial<import("./strategy_model.js").State>} change */
  const update = (change) => store.set(change);

  const labelSlider = makeSlider(controls, {
    name: words.labels,
    stops: labels,
    scale: logarithmic(labels[0], labels[labels.length - 1]),
    write: String,
    words: String,
    input: (value) => update({ labels: value }),
    change: () => {},
  });
  const startSlider = makeSlider(controls, {
    name: words.head_start,
    stops: starts,
    scale: linear(starts[0], starts[starts.length - 1]),
    write: String,
    words: String,
    input: (value) => update({ head_start: value }),
    change: () => {},
  });
  labelSlider.start(store.get().labels);
  startSlider.start(store.get().head_start);
  const guess = makeChoice(controls, {
    name: words.guess,
    options: data.strategies.map((name) => ({ value: name, text: name })),
    change: (name) => update({ guess: name }),
  });

  const upwards = [...starts].reverse();
  const map = makeHeatMap(picture, {
    corner: words.corner,
    across: words.across,
    rows: upwards.map((points) => element("span", {}, signed(points))),
    columns: labels.map(String),
    signs: {},
    press: (row, column) => update({ labels: labels[column], head_start: upwards[row] }),
  });
  const key = element("ul", { class: "strategy-key" });
  const table = element("table", { class: "strategy-table" });
  picture.append(key, table);

  const reveal = makeReveal(actions, {
    words: { reveal: "Reveal", again: "Guess again" },
    revealed: () => store.get().revealed,
    reveal: () => store.set({ revealed: true }),
    again: () => store.set(startOf(data)),
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
    labelSlider.set(now.labels);
    startSlider.set(now.head_start);
    guess.set(now.guess ?? "");
    map.set(words.map, seen.rows, { tone: "target", open: !now.revealed });
    map.enterAt(upwards.indexOf(now.head_start), labels.indexOf(now.labels));
    key.hidden = !now.revealed;
    key.replaceChildren(...seen.key.map((text) => element("li", {}, text)));
    table.hidden = seen.options.length === 0;
    table.replaceChildren(
      element("caption", {}, words.table),
      element("thead", {}, element("tr", {}, ...[words.strategy, words.lead, words.cost].map((text) => element("th", { scope: "col" }, text)))),
      element(
        "tbody",
        {},
        ...seen.options.map(({ strategy, lead, times, advised }) =>
          element(
            "tr",
            { class: advised ? "strategy-advised" : "" },
            element("th", { scope: "row" }, advised ? `${strategy} (${words.marked})` : strategy),
            element("td", {}, lead),
            element("td", {}, times),
          ),
        ),
      ),
    );
    reveal.draw(seen.canReveal);
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}
