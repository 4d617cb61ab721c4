// What the forgetting thermometer says. Pure.

import { points } from "../../frontend/kit/judgement.js";
import { fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { end, placeWords } from "./thermometer_data.js";

/**
 * @typedef {import("./thermometer_data.js").Data} Data
 * @typedef {import("./thermometer_data.js").Setting} Setting
 * @typedef {import("./thermometer_data.js").Moment} Moment
 * @typedef {import("./thermometer_model.js").Course} Course
 */

/** A value of a method's dial. @param {Data} data @param {string} method @param {number} value */
export function dialValue({ table }, method, value) {
  return table.methods[method].write === "rate" ? scientific(value) : String(value);
}

/** A setting in a few words, for the legend. @param {Data} data @param {Setting} setting */
export function shortName(data, { method, value }) {
  return `${data.table.methods[method].text} ${dialValue(data, method, value)}`;
}

/** One line of state. @param {Data} data @param {Setting} setting */
export function stateLine(data, setting) {
  const { words, methods } = data.table;
  const { method, value, seed } = setting;
  const about = methods[method];
  const line = {
    method: about.text,
    dial: about.dial.toLowerCase(),
    value: dialValue(data, method, value),
    whole: fill(placeWords(data, method).whole, { end: end(data, setting) }),
    seed,
  };
  return data.alarm === null ? fill(words.state_bare, line) : fill(words.state, { ...line, alarm: percent(data.alarm) });
}

/** Where a run gets red, or does not. @param {Data} data @param {string} method @param {Course} course */
export function courseWords(data, method, { red, green, best }) {
  const { words } = data.table;
  /** @param {Moment} moment */
  const place = ([x]) => fill(placeWords(data, method).place, { x });
  if (red === null) return words.never_red;
  if (best === null || green === null) return words.always_red;
  return green[0] > red[0] ? fill(words.recovers, { place: place(green) }) : fill(words.gets_red, { place: place(red) });
}

/**
 * How good it was to stop at a moment.
 * @param {Data} data
 * @param {string} method
 * @param {Course} course
 * @param {Moment | null} stopped
 */
export function verdict(data, method, { best }, stopped) {
  const { words, close } = data.table;
  const places = placeWords(data, method);
  if (best === null) return "";
  const found = { place: fill(places.place, { x: best[0] }), best: percent(best[1]) };
  if (stopped === null) return fill(words.no_guess, found);
  const [x, target, source] = stopped;
  const more = Math.round(100 * best[1]) - Math.round(100 * target);
  const green = inGreen(data, source);
  return fill(!green ? words.off_red : more <= close ? words.best_green : words.off_green, {
    ...found,
    at: fill(places.at, { x }),
    apart: fill(places.apart, { count: Math.abs(x - best[0]) }),
    side: x < best[0] ? words.later : words.earlier,
    points: points(words, Math.abs(more)),
    more: more < 0 ? words.less : words.more,
  });
}

/** What a moment of a run reads. @param {Data} data @param {string} method @param {Moment} moment @param {string} [sentence] */
export function reading(data, method, [x, target, source], sentence = data.table.words.reading) {
  return fill(sentence, {
    place: fill(placeWords(data, method).place, { x }),
    target: percent(target),
    source: percent(source),
    zone: zoneWords(data, source),
  });
}

/** The zone of a source accuracy. @param {Data} data @param {number} source */
export function zoneWords(data, source) {
  const { words } = data.table;
  return inGreen(data, source) ? words.in_green : words.in_red;
}

/** @param {Pick<Data, "alarm">} data @param {number} source */
export function inGreen({ alarm }, source) {
  return alarm === null || source >= alarm;
}
