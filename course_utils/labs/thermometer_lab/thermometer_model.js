// What the forgetting thermometer shows, worked out from its state, the recorded runs and the live run. Pure.

import { fill, percent } from "../../frontend/kit/numbers.js";
import { end, placeWords, recordedRun, sameSetting, settingOf } from "./thermometer_data.js";
import { courseWords, inGreen, reading, shortName, stateLine, verdict } from "./thermometer_sentences.js";

/**
 * @typedef {import("./thermometer_data.js").Data} Data
 * @typedef {import("./thermometer_data.js").State} State
 * @typedef {import("./thermometer_data.js").Setting} Setting
 * @typedef {import("./thermometer_data.js").Moment} Moment
 * @typedef {import("./thermometer_data.js").Curve} Curve
 * @typedef {import("./thermometer_data.js").LiveRun} LiveRun
 *
 * @typedef {object} Course where a run is in the green
 * @property {Moment | null} red its first moment in the red
 * @property {Moment | null} green its first moment in the green
 * @property {Moment | null} best of the moments in the green, the first with the highest target
 *
 * @typedef {{ setting: Setting, curve: Curve }} Seen
 */

/** @param {Data} data @param {Curve} curve @returns {Course} */
export function courseOf(data, curve) {
  const green = curve.filter(([, , source]) => inGreen(data, source));
  return {
    red: curve.find(([, , source]) => !inGreen(data, source)) ?? null,
    green: green[0] ?? null,
    best: green.reduce((best, moment) => (best && best[1] >= moment[1] ? best : moment), /** @type {Moment | null} */ (null)),
  };
}

/** The stretches of a run that are in the red, from moment to moment. @param {Data} data @param {Curve} curve */
export function redStretches(data, curve) {
  /** @type {{ from: number, to: number }[]} */
  const found = [];
  curve.forEach(([x, , source], number) => {
    if (inGreen(data, source)) return;
    const open = number > 0 && !inGreen(data, curve[number - 1][2]);
    const to = curve[number + 1]?.[0] ?? x;
    if (open) found[found.length - 1].to = to;
    else found.push({ from: x, to });
  });
  return found;
}

/** The last moment up to a place. @param {Curve} curve @param {number} step */
export function momentAt(curve, step) {
  return curve.findLast(([x]) => x <= step) ?? null;
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 * @param {{ live: LiveRun | null, seen: readonly Seen[], canRun: boolean, playing?: boolean }} more
 */
export function view(data, state, { live, seen, canRun, playing = false }) {
  const setting = settingOf(state);
  const recorded = recordedRun(data, setting);
  const mine = live && live.curve.length > 0 && sameSetting(live.setting, setting) ? live : null;
  const training = mine !== null && mine.outcome === "";
  const shown = recorded?.filter(([x]) => x <= state.step) ?? [];
  const open = state.revealed && recorded !== null;
  const complete = open && shown.length === recorded.length;
  const course = recorded && courseOf(data, recorded);
  const stopped = recorded && state.guess !== null ? momentAt(recorded, state.guess) : null;
  const ghost = open || mine ? ghostOf(data, seen, live, setting) : null;
  const guessOpen = recorded !== null && !open && !mine && !playing && state.step === 0;
  const now = mine ? (mine.curve.at(-1) ?? null) : (shown.at(-1) ?? null);
  // Before the run, the target's curve is no secret: where one would stop, or how it ends.
  const there = now ?? (recorded ? (stopped ?? recorded[recorded.length - 1]) : null);
  const places = placeWords(data, state.method);

  return {
    lines: [
      ...(ghost ? pair(ghost.curve, ghost.curve, "ghost") : []),
      ...(recorded ? pair(open ? shown : recorded, shown, "recorded").filter(({ points }) => points.length > 0) : []),
      ...(mine ? pair(mine.curve, mine.curve, "live") : []),
    ],
    level: data.alarm,
    red: open ? redStretches(data, shown) : [],
    best: complete ? (course?.best ?? null) : null,
    guess: state.guess,
    guessOpen,
    stops: recorded?.map(([x]) => x) ?? [],
    end: end(data, setting),
    xName: places.x_name,
    xWords: (/** @type {number} */ x) => fill(places.place, { x }),
    source: now ? now[2] : mine ? null : data.before,
    started: now !== null,
    target: there ? there[1] : null,
    targetPlace: there ? fill(places.at, { x: there[0] }) : "",
    ghost: ghost && shortName(data, ghost.setting),
    live: mine !== null,
    places: open && !training ? recorded.map(([x]) => x) : [],
    at: Math.max(shown.length - 1, 0),
    canPlay: recorded !== null && !open && !training,
    canReveal: recorded !== null && !open && !playing && !training,
    canHide: open && !training,
    trains: state.method !== data.averaging,
    seen: complete || (mine && !training) ? { setting, curve: complete ? recorded : /** @type {LiveRun} */ (mine).curve } : null,
    result: result(data, state, { recorded, mine, training, open, complete, course, stopped, now, canRun, playing }),
    stateLine: stateLine(data, setting),
  };
}

/**
 * The run to compare with: the newest of another setting, with the same seed and on the same axis.
 * @param {Data} data
 * @param {readonly Seen[]} seen from the oldest to the newest
 * @param {LiveRun | null} live
 * @param {Setting} setting
 */
function ghostOf({ averaging }, seen, live, setting) {
  const all = live && live.curve.length > 0 ? [...seen, live] : seen;
  const averages = setting.method === averaging;
  return (
    all.findLast(
      (old) =>
        !sameSetting(old.setting, setting) &&
        old.setting.seed === setting.seed &&
        (old.setting.method === averaging) === averages,
    ) ?? null
  );
}

/** @param {Curve} target @param {Curve} source @param {"recorded" | "live" | "ghost"} kind */
function pair(target, source, kind) {
  /** @param {Curve} curve @param {1 | 2} task */
  const points = (curve, task) => curve.map((moment) => /** @type {[number, number]} */ ([moment[0], moment[task]]));
  return [
    { name: "target", tone: "target", kind, points: points(target, 1) },
    { name: "source", tone: "source", kind, points: points(source, 2) },
  ];
}

/**
 * One sentence, or two when a run is judged.
 * @param {Data} data
 * @param {State} state
 * @param {object} found
 * @param {Curve | null} found.recorded
 * @param {LiveRun | null} found.mine
 * @param {boolean} found.training
 * @param {boolean} found.open
 * @param {boolean} found.complete
 * @param {Course | null} found.course
 * @param {Moment | null} found.stopped
 * @param {Moment | null} found.now
 * @param {boolean} found.canRun
 * @param {boolean} found.playing
 */
function result(data, { method, guess }, { recorded, mine, training, open, complete, course, stopped, now, canRun, playing }) {
  const { words } = data.table;
  if (training) return words.live_going;
  if (complete && course) return `${courseWords(data, method, course)} ${verdict(data, method, course, stopped)}`.trim();
  if (mine && now && !open) return reading(data, method, now, mine.outcome === "done" ? words.live_ended : words.live_stopped);
  if (recorded === null) {
    if (data.missing) return data.missing;
    return method === data.averaging ? words.no_run : canRun ? words.unrecorded : words.unrecorded_page;
  }
  if (open && now) return reading(data, method, now);
  if (playing) return words.playing;
  if (guess === null || stopped === null) return words.before_guess;
  return fill(words.before_reveal, { at: fill(placeWords(data, method).at, { x: stopped[0] }), target: percent(stopped[1]) });
}
