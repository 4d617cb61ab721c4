// The card that every lab stands in: one question, the controls beside the picture, one sentence, one line of state.

import { element, keepKeys, say } from "./page.js";

/** @param {HTMLElement} root @param {{ lab: string, question: string }} options */
export function makeFrame(root, { lab, question }) {
  root.classList.add("course-lab", lab);
  keepKeys(root);
  const notice = element("p", { class: "kit-notice", role: "alert", hidden: true });
  const top = element("div", { class: "kit-top" });
  const state = element("p", { class: "kit-state" });
  const controls = element("div", { class: "kit-controls" });
  const result = element("p", { class: "kit-result", role: "status" });
  const picture = element("div", { class: "kit-picture" }, result);
  const actions = element("div", { class: "kit-row kit-actions" });
  const folded = element("div", { class: "kit-more" });
  const below = element("div", { class: "kit-below" });
  root.append(
    element("h3", { class: "kit-question" }, question),
    notice,
    top,
    state,
    element("div", { class: "kit-columns" }, controls, element("div", { class: "kit-side" }, picture, actions), folded),
    below,
  );
  return {
    /** Across the whole card, below the question. */
    top,
    /** Beside the picture where there is room, above it where there is not. */
    controls,
    /** The picture, below the sentence. */
    picture,
    /** Below the picture: reveal, play. */
    actions,
    /**
     * Make a part that opens on request: beside the picture, or below everything else.
     * @param {string} name
     * @param {boolean} [wide]
     */
    fold(name, wide = false) {
      const inner = element("div");
      (wide ? below : folded).append(element("details", { class: "kit-fold" }, element("summary", {}, name), inner));
      return inner;
    },
    /** @param {string} sentence the result @param {string} line the state */
    say(sentence, line) {
      say(result, sentence);
      say(state, line);
    },
    /** What it says now: the sentence and the state. */
    words: () => [result.textContent ?? "", state.textContent ?? ""],
    /** Show a sentence above everything else; an empty one goes away. @param {string} sentence */
    warn(sentence) {
      notice.hidden = sentence === "";
      say(notice, sentence);
    },
  };
}
