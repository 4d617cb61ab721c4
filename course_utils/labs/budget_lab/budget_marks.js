// What the label-budget lab draws on top of its curves: the level of transfer, the crossing, a guess and live runs.

import { toX, toY } from "../../frontend/kit/curves.js";
import { clamp, fill, percent } from "../../frontend/kit/numbers.js";
import { svg } from "../../frontend/kit/page.js";

/** @typedef {import("../../frontend/kit/curves.js").Frame} Frame */
/** @typedef {ReturnType<typeof import("./budget_model.js").view>} Seen */

const ROOM = 1.5; // behind the last budget, where "never" begins
const NAME = 40; // pixels from the number of the last budget to the middle of "never"
const HALF = 62; // pixels that half of a judgement takes

/** Where "never" lies on the axis. @param {{ xEnd: number }} axis */
export function neverPlace({ xEnd }) {
  return 0.7 * xEnd;
}

/** @param {Frame} at @param {Seen} seen @param {any} words @param {number} last the largest budget */
export function drawMarks(at, seen, words, last) {
  /** @param {number | null} labels */
  const place = (labels) => toX(at, labels || neverPlace(at));
  const marks = [beyond(at, words.never, last)];
  const { level, crossing, guess, judgement } = seen;
  if (level) {
    const y = toY(at, level.share);
    const to = crossing === null ? at.right : Math.max(toX(at, crossing), toX(at, level.from));
    const from = Math.min(toX(at, level.from), toX(at, crossing ?? level.from));
    marks.push(svg("line", { class: "kit-level kit-tone-transfer", x1: from, x2: to, y1: y, y2: y }));
    const before = guess !== null && place(guess) < place(crossing);
    if (guess !== null) {
      const name = fill(words.guess_mark, { guess: guess || words.never });
      marks.push(pole(at, place(guess), y, { kind: "budget-guess", name, left: before || guess === 0, up: 24 }));
    }
    if (crossing !== null) {
      const name = String(Math.round(crossing));
      marks.push(pole(at, place(crossing), y, { kind: "budget-crossing", name, left: !before, up: 8 }));
    }
    if (judgement && guess !== null) marks.push(span(at, place(guess), place(crossing), (y + at.bottom) / 2, judgement));
  }
  for (const { x, share, tone } of seen.draws) {
    marks.push(svg("circle", { class: `budget-draw kit-tone-${tone}`, cx: toX(at, x), cy: toY(at, share), r: 5 }));
  }
  return [...marks, ...seen.live.flatMap((run) => liveRun(at, run, words))];
}

/** The room for "never", behind the last budget. @param {Frame} at @param {string} name @param {number} last */
function beyond(at, name, last) {
  const x = toX(at, ROOM * last);
  const middle = Math.max((x + at.right) / 2, toX(at, last) + NAME);
  return svg(
    "g",
    { class: "budget-beyond" },
    svg("rect", { x, y: at.top, width: at.right - x, height: at.bottom - at.top }),
    svg("text", { class: "kit-label", x: middle, y: at.bottom + 17, "text-anchor": "middle" }, name),
  );
}

/**
 * From the level down to the axis, with its name beside it.
 * @param {Frame} at
 * @param {number} x
 * @param {number} y
 * @param {{ kind: string, name: string, left: boolean, up: number }} what on which side the name is, and how far up
 */
function pole(at, x, y, { kind, name, left, up }) {
  const beside = { x: x + (left ? -7 : 7), y: at.bottom - up, "text-anchor": left ? "end" : "start" };
  return svg(
    "g",
    { class: `${kind} kit-tone-scratch` },
    svg("line", { x1: x, x2: x, y1: y, y2: at.bottom }),
    svg("circle", { cx: x, cy: y, r: 6.5 }),
    svg("text", { class: "kit-end", ...beside }, name),
  );
}

/**
 * How far off a guess was.
 * @param {Frame} at
 * @param {number} from
 * @param {number} to
 * @param {number} y
 * @param {string} text
 */
function span(at, from, to, y, text) {
  const middle = clamp((from + to) / 2, at.left + HALF, at.right - HALF);
  return svg(
    "g",
    { class: "kit-gap" },
    svg("path", { d: `M${from} ${y - 4}v8M${from} ${y}H${to}M${to} ${y - 4}v8` }),
    svg("text", { class: "kit-label", x: middle, y: y - 10, "text-anchor": "middle" }, text),
  );
}

/** A run goes up and down over its budget. @param {Frame} at @param {Seen["live"][number]} run @param {any} words */
function liveRun(at, { x, shares, ended }, words) {
  const left = toX(at, x);
  const now = shares[shares.length - 1];
  const trail = (ended ? [] : shares).map((share) =>
    svg("circle", { class: "budget-trail", cx: left, cy: toY(at, share), r: 2.5 }),
  );
  const y = toY(at, now);
  return [
    svg(
      "g",
      { class: "budget-live kit-tone-scratch" },
      ...trail,
      svg("rect", { x: left - 5, y: y - 5, width: 10, height: 10 }),
      svg("text", { class: "kit-end", x: left + 10, y: y + 4 }, `${words.live} ${percent(now)}`),
    ),
  ];
}
