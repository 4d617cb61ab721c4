// The names of a strip with many blocks: short ones on the blocks, and below them a line about the block that is pointed at.

import { element, say } from "./page.js";

/** More blocks than this have no room for their sizes and rates. */
export const MANY = 5;
const ROOM = 12; // pixels that a name needs, written downwards
const LETTER = 9.5; // pixels of a letter, written sideways

/**
 * Names without the words that most of them share: "block_12" and "conv4_block2" become "12" and "4.2".
 * @param {readonly string[]} names
 * @returns {string[]} the names themselves if short ones could not be told apart
 */
export function shortNames(names) {
  const words = (/** @type {string} */ name) => name.replace(/\d+[a-z]?(?![a-z])/gi, "#");
  const counts = new Map();
  for (const name of names) counts.set(words(name), (counts.get(words(name)) ?? 0) + 1);
  const [common] = [...counts].reduce((most, pair) => (pair[1] > most[1] ? pair : most), ["", 0]);
  const short = names.map((name) =>
    words(name) === common && common.includes("#") ? (name.match(/\d+[a-z]?(?![a-z])/gi) ?? []).join(".") : name,
  );
  return new Set(short).size === names.length ? short : [...names];
}

/**
 * Say below a strip what is known of the block under the pointer or the focus; of none of them, what moved most.
 * @param {HTMLElement} strip
 * @param {HTMLElement} list the blocks, as its children
 */
export function makeReadOut(strip, list) {
  const line = element("p", { class: "kit-strip-line", "aria-hidden": "true" });
  strip.classList.add("kit-many");
  list.style.setProperty("--count", String(list.children.length));
  strip.after(line);
  /** @type {readonly string[]} */
  let texts = [];
  /** @type {number | null} */
  let most = null;
  /** @type {number | null} */
  let at = null;
  const show = () => {
    const number = at ?? most;
    say(line, number === null ? "" : `${at === null ? "moved most: " : ""}${texts[number]}`);
  };
  /** @param {Event} event */
  const point = ({ type, target }) => {
    const item = /** @type {Element} */ (target).closest("li");
    at = item && type !== "pointerleave" && type !== "focusout" ? [...list.children].indexOf(item) : null;
    show();
  };
  for (const kind of ["pointerover", "pointerleave", "focusin", "focusout"]) list.addEventListener(kind, point);

  // Names are written downwards where they have no room side by side, and left out where there is no room at all.
  new ResizeObserver(() => {
    const names = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".kit-block-name")]);
    const items = [...list.children];
    strip.classList.remove("kit-downwards");
    const tight = names.some((name, number) => LETTER * (name.textContent ?? "").length > items[number].clientWidth - 4);
    strip.classList.toggle("kit-downwards", tight);
    names.forEach((name, number) => (name.parentElement ?? name).classList.toggle("kit-nameless", items[number].clientWidth < ROOM));
  }).observe(list);

  return {
    /** @param {readonly string[]} next a text about each block @param {number | null} moved the one that moved most */
    set(next, moved) {
      [texts, most] = [next, moved];
      show();
    },
  };
}
