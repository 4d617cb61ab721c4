// A small map of numbers as a picture: one pixel a number, on a scale of colours that looks even and needs no hue.

import { clamp } from "./numbers.js";
import { element, say } from "./page.js";

// Magma, by Smith and van der Walt for Matplotlib: its lightness rises evenly, so that it survives every kind of
// colour blindness and grey.
const STOPS = [
  [0, 0, 4],
  [28, 16, 68],
  [79, 18, 123],
  [129, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
];

/**
 * The colour of a share: red, green, blue, 0..255.
 * @param {number} share 0..1; what lies outside has the colour of the nearer end
 * @returns {[number, number, number]}
 */
export function heatColour(share) {
  const place = clamp(share, 0, 1) * (STOPS.length - 1);
  const below = Math.min(Math.floor(place), STOPS.length - 2);
  const [from, to] = [STOPS[below], STOPS[below + 1]];
  const mixed = (/** @type {number} */ part) => Math.round(from[part] + (place - below) * (to[part] - from[part]));
  return [mixed(0), mixed(1), mixed(2)];
}

const COLOURS = Array.from({ length: 256 }, (_, level) => heatColour(level / 255));

/**
 * @typedef {object} HeatPicture
 * @property {Uint8Array} levels row by row, 0..255
 * @property {readonly [number, number]} size rows and columns
 * @property {number} full the level that has the last colour; higher ones have it as well
 */

/** Make a picture of a map, without a name of its own. @param {HeatPicture} picture */
export function heatCanvas({ levels, size: [rows, columns], full }) {
  const canvas = element("canvas", { class: "kit-heat-canvas", width: columns, height: rows });
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  const image = context.createImageData(columns, rows);
  levels.forEach((level, number) => {
    const [red, green, blue] = COLOURS[Math.min(Math.round((255 * level) / full), 255)];
    image.data.set([red, green, blue, 255], 4 * number);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The scale of the colours, with what its ends mean. @param {HTMLElement} parent */
export function makeHeatKey(parent) {
  const [low, high] = [element("span"), element("span")];
  const ramp = element("span", { class: "kit-heat-key-ramp", "aria-hidden": "true" });
  ramp.style.background = `linear-gradient(to right, ${STOPS.map((stop) => `rgb(${stop.join(" ")})`).join(", ")})`;
  const box = element("div", { class: "kit-heat-key" }, low, ramp, high);
  parent.append(box);
  return {
    /** @param {string} lowest @param {string} highest */
    set(lowest, highest) {
      say(low, lowest);
      say(high, highest);
    },
    box,
  };
}
