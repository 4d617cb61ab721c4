// Play, step and scrub through the places of a recording.

import { clamp } from "./numbers.js";
import { element, lessMotion, newId } from "./page.js";

const BETWEEN = 110; // milliseconds between two places, when it plays

/**
 * Play places one by one; with less motion wanted, the last at once.
 * @param {number} from
 * @param {number} to
 * @param {(place: number) => void} show
 * @param {{ still: boolean, later: (act: () => void) => void, goes: () => boolean }} clock `goes` is asked before each
 */
export function play(from, to, show, { still, later, goes }) {
  if (still) {
    show(to);
    return;
  }
  /** @param {number} place */
  const next = (place) => {
    if (!goes()) return;
    show(place);
    if (place < to) later(() => next(place + 1));
  };
  next(from);
}

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, words: (place: number) => string, show: (place: number) => void }} options
 */
export function makeTransport(parent, { name, words, show }) {
  const id = newId();
  const range = element("input", { type: "range", id, min: 0, step: 1, class: "kit-range" });
  const place = element("output", { for: id, class: "kit-place" });
  /** @param {string} text @param {string} sign @param {() => void} press */
  const button = (text, sign, press) => {
    const made = element("button", { type: "button", class: "kit-button kit-icon", "aria-label": text, title: text }, sign);
    made.addEventListener("click", press);
    return made;
  };
  let [at, count, playing] = [0, 0, 0];
  const back = button("Back", "‹", () => go(at - 1));
  const start = button("Play", "▶", () => (playing ? stop() : run(at >= count - 1 ? 0 : at)));
  const forward = button("Forward", "›", () => go(at + 1));
  const box = element(
    "div",
    { class: "kit-transport" },
    back,
    start,
    forward,
    element("label", { for: id, class: "kit-unseen" }, name),
    range,
    place,
  );
  parent.append(box);

  const draw = () => {
    range.max = String(Math.max(count - 1, 0));
    range.value = String(at);
    range.style.setProperty("--filled", String(count > 1 ? at / (count - 1) : 0));
    range.setAttribute("aria-valuetext", words(at));
    place.textContent = words(at);
    start.textContent = playing ? "❚❚" : "▶";
    start.setAttribute("aria-label", playing ? "Pause" : "Play");
    start.title = playing ? "Pause" : "Play";
    back.disabled = at <= 0;
    forward.disabled = at >= count - 1;
  };
  const stop = () => {
    playing = 0;
    draw();
  };
  /** @param {number} to */
  const go = (to) => {
    stop();
    show(clamp(to, 0, count - 1));
  };
  /** @param {number} from */
  const run = (from) => {
    const mine = Math.random() + 1;
    playing = mine;
    play(from, count - 1, (now) => {
      if (now >= count - 1) playing = 0;
      show(now);
    }, { still: lessMotion(), later: (act) => void setTimeout(act, BETWEEN), goes: () => playing === mine });
  };
  range.addEventListener("input", () => go(Number(range.value)));

  return {
    /** Show so many places and the current one. @param {number} places 0 hides it @param {number} now */
    set(places, now) {
      [count, at] = [places, clamp(now, 0, Math.max(places - 1, 0))];
      box.hidden = places === 0;
      if (places === 0) playing = 0;
      draw();
    },
    /** Play on from a place. @param {number} [from] */
    play: (from = 0) => run(from),
    stop,
  };
}
