// The two levers on the page: the parts of the kit, put together around one state.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { element } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeOwnText, makeTextChoice } from "../../frontend/kit/text_choice.js";
import { OWN, fields, follows, guessInWords, startOf, view } from "./levers_model.js";

const LAB = "two-levers";

/**
 * @param {HTMLElement} root
 * @param {import("./levers_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./levers_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountTwoLevers(root, data, store, { address, kernel }) {
  const { words, version, voices, facts: sources, guesses, longest } = data.table;
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { top, controls, picture, actions } = frame;
  /** @type {import("./levers_model.js").Question | null} */
  let own = null;

  /** @param {Partial<import("./levers_model.js").State>} change */
  const update = (change) => {
    const before = store.get();
    store.set({ ...change, ...follows(before, { ...before, ...change }) });
  };

  const question = makeTextChoice(top, {
    name: words.asked,
    options: data.questions.map(({ key, text }) => ({ value: key, text })),
    change: (key) => update({ question: key }),
  });
  if (kernel) askYourOwn(kernel);

  const voice = makeChoice(controls, {
    name: words.voice,
    options: voices.map((/** @type {string} */ value) => ({ value, text: words[`voice_${value}`] })),
    change: (value) => update({ voice: value }),
  });
  const facts = makeChoice(controls, {
    name: words.facts,
    options: sources.map((/** @type {string} */ value) => ({ value, text: words[`facts_${value}`] })),
    change: (value) => update({ facts: value }),
  });
  const guess = makeChoice(controls, {
    name: words.guess,
    options: guesses.map((/** @type {string} */ value) => ({ value, text: guessInWords(words, value) })),
    change: (value) => update({ guess: value }),
  });

  const list = element("ol", { class: "levers-passages", "aria-label": words.passages });
  const none = element("p", { class: "levers-none" }, words.no_passages);
  const answer = element("p", { class: "levers-answer" });
  const square = element("table", { class: "levers-square" });
  picture.append(
    element("p", { class: "kit-name levers-name" }, words.passages),
    list,
    none,
    element("p", { class: "kit-name levers-name" }, words.answer),
    answer,
    square,
  );

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
    state: () => (store.get().question === OWN ? { ...store.get(), question: startOf(data).question } : store.get()),
    go: store.set,
  });

  /** @param {import("../../frontend/kit/notebook_host.js").Kernel} there */
  function askYourOwn(there) {
    const text = makeOwnText(top, {
      name: words.own,
      button: words.ask,
      busy: words.asking,
      longest,
      send: (written) => there.ask("ask", { text: written }),
    });
    there.hears("own", ({ question: asked, problem }) => {
      text.ready();
      frame.warn(problem ?? "");
      if (!asked) return;
      own = asked;
      question.offer(OWN, words.own);
      store.set({ question: OWN, guess: null, revealed: true });
      draw();
    });
  }

  const draw = () => {
    const now = store.get();
    const seen = view(data, now, own);
    if (!seen) {
      frame.warn(data.missing);
      return;
    }
    question.set(seen.question.key);
    voice.set(now.voice);
    facts.set(now.facts);
    guess.set(now.guess ?? "");
    list.replaceChildren(...seen.passages.map((text) => element("li", {}, text)));
    list.hidden = seen.passages.length === 0;
    none.hidden = !list.hidden;
    answer.textContent = seen.answer ?? words.hidden;
    answer.classList.toggle("levers-hidden", seen.answer === null);
    square.hidden = seen.square.length === 0;
    square.replaceChildren(
      element("caption", {}, words.square),
      element(
        "tr",
        {},
        element("td", {}),
        ...sources.map((/** @type {string} */ value) => element("th", { scope: "col" }, `${words.facts}: ${words[`facts_${value}`]}`)),
      ),
      ...seen.square.map((/** @type {{ name: string, corners: { here: boolean, text: string }[] }} */ { name, corners }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, `${words.voice}: ${name}`),
          ...corners.map(({ here, text }) => element("td", here ? { "aria-current": "true" } : {}, text)),
        ),
      ),
    );
    reveal.draw(seen.canReveal);
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code: link, update, restore, warn: frame.warn, words: frame.words };
}
