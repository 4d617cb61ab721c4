// The sentence microscope on the page: the parts of the kit, put together around one state.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { fill } from "../../frontend/kit/numbers.js";
import { element, say } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { linear } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { makeOwnText, makeTextChoice } from "../../frontend/kit/text_choice.js";
import { OWN, fields, follows, startOf, view } from "./sentence_model.js";

const LAB = "sentence-microscope";

/**
 * @param {HTMLElement} root
 * @param {import("./sentence_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./sentence_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountSentenceMicroscope(root, data, store, { address, kernel }) {
  const { words, version, labels: budgets, layers, longest } = data.table;
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { top, controls, picture, actions } = frame;
  /** @type {import("./sentence_model.js").Sentence | null} */
  let own = null;

  /** @param {Partial<import("./sentence_model.js").State>} change */
  const update = (change) => {
    const before = store.get();
    const now = { ...before, ...change };
    store.set({ ...change, ...("guess" in change && "sentence" in change ? {} : follows(before, now)) });
  };

  const sentence = makeTextChoice(top, {
    name: words.sentence,
    options: data.sentences.map(({ key, text }) => ({ value: key, text })),
    change: (key) => update({ sentence: key }),
  });
  if (kernel) writeYourOwn(kernel);

  const layer = makeSlider(controls, {
    name: words.layer,
    stops: Array.from({ length: layers }, (_, number) => number),
    scale: linear(0, layers - 1),
    write: String,
    words: (value) => (value === 0 ? words.layer_0 : String(value)),
    input: (value) => update({ layer: value }),
    change: () => {},
  });
  layer.start(store.get().layer);
  const labels = makeSlider(controls, {
    name: words.labels,
    stops: budgets,
    scale: linear(budgets[0], budgets[budgets.length - 1]),
    write: String,
    words: String,
    input: (value) => update({ labels: value }),
    change: () => {},
  });
  labels.start(store.get().labels);
  const guess = makeChoice(controls, {
    name: words.guess,
    options: data.desks.map((desk) => ({ value: desk, text: desk })),
    change: (desk) => update({ guess: desk }),
  });

  const strip = element("div", { class: "sentence-tokens", role: "group", "aria-label": words.tokens });
  const alt = element("p", { class: "sentence-alt", role: "status" });
  const list = element("ol", { class: "sentence-near", "aria-label": words.neighbours });
  const grow = element("table", { class: "sentence-grow" });
  picture.append(strip, alt, list, grow);

  const reveal = makeReveal(actions, {
    words: words,
    revealed: () => store.get().revealed,
    reveal: () => store.set({ revealed: true }),
    again: () => store.set({ guess: null, revealed: false }),
  });
  const { code: link, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: () => (store.get().sentence === OWN ? { ...store.get(), sentence: startOf(data).sentence } : store.get()),
    go: store.set,
  });

  /** @param {import("../../frontend/kit/notebook_host.js").Kernel} there */
  function writeYourOwn(there) {
    const text = makeOwnText(top, {
      name: words.own,
      button: words.look,
      busy: words.looking,
      longest,
      send: (written) => there.ask("look", { text: written }),
    });
    there.hears("own", ({ sentence: looked, problem }) => {
      text.ready();
      frame.warn(problem ?? "");
      if (!looked) return;
      own = looked;
      sentence.offer(OWN, words.own);
      store.set({ sentence: OWN, token: 1, guess: null, revealed: false });
      draw();
    });
  }

  /** @param {{ text: string, similar: number, chosen: boolean }[]} tokens */
  const drawTokens = (tokens) => {
    const focused = [...strip.children].indexOf(/** @type {Element} */ (document.activeElement));
    const buttons = tokens.map(({ text, similar, chosen }, at) => {
      const button = element(
        "button",
        { type: "button", class: "sentence-token", "aria-pressed": String(chosen) },
        element("span", {}, text),
        element("small", {}, (similar / 100).toFixed(2)),
      );
      button.style.setProperty("--share", String(Math.max(0, similar) / 100));
      button.addEventListener("click", () => update({ token: at }));
      return button;
    });
    strip.replaceChildren(...buttons);
    buttons[focused]?.focus();
  };

  const draw = () => {
    const now = store.get();
    const seen = view(data, now, own);
    if (!seen) {
      frame.warn(data.missing);
      return;
    }
    sentence.set(seen.sentence.key);
    layer.set(now.layer);
    labels.set(now.labels);
    guess.set(now.guess ?? "");
    drawTokens(seen.tokens);
    say(alt, seen.alt);
    list.hidden = grow.hidden = !now.revealed;
    list.replaceChildren(
      ...seen.neighbours.map(({ text, desk, cosine }) =>
        element("li", {}, element("strong", {}, fill(words.neighbour, { desk, cosine: cosine.toFixed(2) })), element("span", {}, text)),
      ),
    );
    grow.replaceChildren(
      element("caption", {}, words.grow),
      element("tr", {}, ...seen.grow.map(({ labels: count }) => element("th", { scope: "col" }, String(count)))),
      element("tr", {}, ...seen.grow.map(({ desk }) => element("td", {}, desk))),
    );
    reveal.draw(seen.canReveal);
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code: link, update, restore, warn: frame.warn, words: frame.words };
}
