// The network from its pictures to its heads: one handle says how deep it is frozen, and every block has its own lock.

import { depth, isPrefix, learningWords, lockedTo, toggled } from "./locks.js";
import { clamp, percent, scientific, short } from "./numbers.js";
import { drag, element, say } from "./page.js";
import { makeReadOut, MANY, shortNames } from "./strip_names.js";

const FULL = 0.2; // the relative drift of a full bar
const KNOB = 22; // pixels of the handle on either side of its place

/**
 * @typedef {object} StripView
 * @property {readonly boolean[]} locked
 * @property {number} rate of the blocks that learn
 * @property {readonly number[] | null} drift how far each block moved, relative to its size; null if not measured
 */

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {readonly { name: string, weights: number }[]} options.blocks from the input to the output
 * @param {readonly [string, string]} [options.ends] what stands before and behind the network
 * @param {readonly number[]} options.rates all rates there are, in rising order
 * @param {(locked: boolean[]) => void} options.input after every move
 * @param {() => void} options.change after a move has ended
 */
export function makeFreezeStrip(parent, { blocks, ends: [first, last] = ["pictures", "heads"], rates, input, change }) {
  const names = blocks.map(({ name }) => name);
  const many = blocks.length > MANY;
  const written = many ? shortNames(names) : names;
  /** @type {readonly boolean[]} */
  let locked = names.map(() => false);
  const range = element("input", {
    type: "range",
    min: 0,
    max: blocks.length,
    step: 1,
    class: "kit-unseen",
    "aria-label": `Frozen blocks, counted from the ${first}`,
  });
  const grip = element("div", { class: "kit-grip" }, range, element("span", { class: "kit-grip-knob" }, "⟷"));
  const list = element("ol", { class: "kit-blocks", "aria-label": `The network, from the ${first} to the ${last}` });
  const frozen = element("span", { class: "kit-rail", "aria-hidden": "true" }, "❄ frozen");
  const learns = element("span", { class: "kit-rail", "aria-hidden": "true" });
  const parts = blocks.map(({ name, weights }, number) => {
    const state = element("span", { class: "kit-block-state" });
    const button = element(
      "button",
      { type: "button", class: "kit-block", "aria-label": `Lock ${name}` },
      element("span", { class: "kit-block-name" }, written[number]),
      element("span", { class: "kit-block-size" }, `${short(weights)} weights`),
      state,
    );
    const bar = element("span", { class: "kit-drift-bar" });
    const words = element("span", { class: "kit-drift-words" });
    const item = element("li", {}, button, element("span", { class: "kit-drift" }, bar), words);
    item.style.setProperty("--weights", String(weights));
    button.addEventListener("click", () => {
      move(toggled(locked, number));
      change();
    });
    list.append(item);
    return { item, button, state, bar, words };
  });
  const track = element(
    "div",
    { class: "kit-strip" },
    element("span", { class: "kit-end-piece", "aria-hidden": "true" }, first),
    element("div", { class: "kit-blocks-box" }, frozen, learns, grip, list),
    element("span", { class: "kit-end-piece", "aria-hidden": "true" }, last),
  );
  parent.append(track);
  const readOut = many ? makeReadOut(track, list) : null;

  /** @param {boolean[]} next */
  const move = (next) => {
    if (next.every((is, number) => is === locked[number])) return;
    input(next);
  };
  // Where the network can be cut: before every block, and behind the last.
  const cuts = () => {
    const { left } = list.getBoundingClientRect();
    const edges = parts.map(({ item }) => item.getBoundingClientRect());
    return [...edges.map((edge) => edge.left - left), edges[edges.length - 1].right - left];
  };
  let at = -1;
  const place = () => {
    at = depth(locked);
    const [x, width] = [cuts()[at], list.clientWidth];
    grip.style.left = `${x}px`;
    frozen.style.width = `${Math.max(x - KNOB, 0)}px`;
    learns.style.left = `${x + KNOB}px`;
    learns.style.width = `${Math.max(width - x - KNOB, 0)}px`;
    say(learns, at ? "learns" : "→ drag to freeze");
    learns.style.textAlign = at ? "center" : "left";
  };
  drag(grip, {
    start: () => range.focus({ preventScroll: true }),
    move(event) {
      const x = event.clientX - list.getBoundingClientRect().left;
      const edges = cuts();
      const frozen = edges.reduce((best, edge, number) => (Math.abs(edge - x) < Math.abs(edges[best] - x) ? number : best), 0);
      move(lockedTo(blocks.length, frozen));
    },
    end: change,
  });
  range.addEventListener("input", () => move(lockedTo(blocks.length, Number(range.value))));
  range.addEventListener("change", change);
  new ResizeObserver(place).observe(list);

  return {
    /** @param {StripView} view */
    set({ locked: next, rate, drift }) {
      locked = next;
      range.value = String(depth(locked));
      range.setAttribute("aria-valuetext", learningWords(locked, names));
      grip.classList.toggle("kit-grip-loose", !isPrefix(locked));
      parts.forEach(({ item, button, state, bar, words }, number) => {
        const is = locked[number];
        item.className = is ? "kit-locked" : `kit-learns kit-rate-${rates.indexOf(rate)}`;
        button.setAttribute("aria-pressed", String(is));
        state.replaceChildren(...(is ? ["frozen"] : ["learns at ", element("span", { class: "kit-unbroken" }, scientific(rate))]));
        const moved = drift?.[number] ?? 0;
        bar.style.setProperty("--share", String(clamp(moved / FULL, 0, 1)));
        words.textContent = drift === null ? "" : moved ? `moved ${percent(moved)}` : "still";
        button.setAttribute("aria-description", [state.textContent, words.textContent].filter(Boolean).join(", "));
      });
      readOut?.set(
        parts.map(({ state, words }, number) =>
          [names[number], `${short(blocks[number].weights)} weights`, state.textContent, words.textContent].filter(Boolean).join(" · "),
        ),
        mostMoved(drift),
      );
      if (at !== depth(locked)) place();
    },
  };
}

/** The block that moved most; null if none did. @param {readonly number[] | null} drift */
function mostMoved(drift) {
  const most = Math.max(0, ...(drift ?? []));
  return drift && most > 0 ? drift.indexOf(most) : null;
}
