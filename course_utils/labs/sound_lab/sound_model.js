// What the sound microscope shows, worked out from its state and the recorded looks. Pure.

import { fill } from "../../frontend/kit/numbers.js";
import { flagField, nameField, numberField, optional } from "../../frontend/kit/state_link.js";

/**
 * @typedef {object} Sound
 * @property {string} vowel
 * @property {string} voice
 * @property {string} picture its log-mel: frame by frame, low bands first, a character each from 0 to z
 * @property {number[][]} near by layer: cosines with all sounds, in hundredths
 * @property {string} wave base64 of 8-bit samples
 *
 * @typedef {object} Data what the page gets once
 * @property {Sound[]} sounds
 * @property {string[]} vowels
 * @property {string[]} voices
 * @property {Record<string, (number | null)[]>} probes by what is named: accuracy by layer, 0..1
 * @property {string} missing why nothing is recorded
 * @property {any} table
 *
 * @typedef {object} State
 * @property {string} vowel
 * @property {string} voice
 * @property {number} layer
 * @property {string | null} guess "vowel", "voice" or "neither"
 * @property {boolean} revealed
 */

/** @type {(keyof State)[]} */
export const STATE = ["vowel", "voice", "layer", "guess", "revealed"];
const NEIGHBOURS = 3;
const SHADES = 36;
// The mel scale of the log-mels: linear up to 1,000 Hz, logarithmic above (Slaney 1998).
const CORNER = 15;
const STEP = Math.log(6.4) / 27;

/** The state before anything is guessed. @param {Data} data @returns {State} */
export function startOf({ table }) {
  return { ...table.start };
}

/** The fields of a state as they stand in a link. @param {Data} data */
export function fields({ vowels, voices, table }) {
  return {
    vowel: nameField(vowels),
    voice: nameField(voices),
    layer: numberField((value) => Number.isInteger(value) && value >= 0 && value < table.layers.length),
    guess: optional(nameField(table.guesses)),
    revealed: flagField(),
  };
}

/** What else changes: another sound is another question. @param {State} before @param {State} now @returns {Partial<State>} */
export function follows(before, now) {
  return now.vowel === before.vowel && now.voice === before.voice ? {} : { guess: null, revealed: false };
}

/** What two sounds share. @param {Sound} one @param {Sound} other */
export function shared(one, other) {
  return one.vowel === other.vowel ? "vowel" : one.voice === other.voice ? "voice" : "neither";
}

/** The other sounds, the nearest first. @param {Data} data @param {number} at @param {number} layer */
export function nearest({ sounds }, at, layer) {
  return sounds
    .map((sound, number) => ({ sound, number, cosine: sounds[at].near[layer][number] / 100 }))
    .filter(({ number }) => number !== at)
    .sort((one, other) => other.cosine - one.cosine);
}

/** Of how many sounds the nearest shares the vowel, and the voice, in a layer. @param {Data} data @param {number} layer */
export function counts(data, layer) {
  const found = data.sounds.map((sound, at) => shared(sound, nearest(data, at, layer)[0].sound));
  return { vowel: found.filter((what) => what === "vowel").length, voice: found.filter((what) => what === "voice").length };
}

/** The shades of a picture, 0..1, from its characters. @param {string} picture */
export function shades(picture) {
  return [...picture].map((character) => parseInt(character, SHADES) / (SHADES - 1));
}

/** The middle of a band in hertz. @param {number} band counted from 0 @param {number} bands */
export function hertz(band, bands) {
  const mel = ((band + 0.5) / bands) * (CORNER + Math.log(8) / STEP);
  return Math.round(mel < CORNER ? (mel * 1000) / CORNER : 1000 * Math.exp((mel - CORNER) * STEP));
}

/** The loudest bands below and above 1,000 Hz, on average over time, in hertz. @param {string} picture @param {number} bands */
export function loudest(picture, bands) {
  const loudness = Array(bands).fill(0);
  shades(picture).forEach((shade, at) => (loudness[at % bands] += shade));
  const of = (/** @type {number[]} */ among) => hertz(among.reduce((best, band) => (loudness[band] > loudness[best] ? band : best)), bands);
  const all = loudness.map((_, band) => band);
  return { low: of(all.filter((band) => hertz(band, bands) < 1000)), high: of(all.filter((band) => hertz(band, bands) >= 1000)) };
}

/**
 * What is seen.
 * @param {Data} data
 * @param {State} state
 */
export function view(data, state) {
  const { words, layers, bands } = data.table;
  const at = data.sounds.findIndex(({ vowel, voice }) => vowel === state.vowel && voice === state.voice);
  if (at < 0) return null;
  const sound = data.sounds[at];
  const layer = layers[state.layer];
  const neighbours = nearest(data, at, state.layer).slice(0, NEIGHBOURS);
  const found = neighbours[0].sound;
  const what = shared(sound, found);
  const said = {
    ...{ vowel: sound.vowel, voice: sound.voice, layer },
    ...{ near_vowel: found.vowel, near_voice: found.voice, shared: words[`guess_${what}`] },
    guess: state.guess === null ? "" : words[`guess_${state.guess}`],
  };
  const verdict = state.guess === null ? words.open : state.guess === what ? words.right : words.wrong;
  return {
    sound,
    neighbours,
    alt: fill(words.picture, { ...said, ...loudest(sound.picture, bands) }),
    counts: layers.map((/** @type {string} */ name, /** @type {number} */ number) => ({ layer: name, ...counts(data, number) })),
    result: state.revealed ? fill(verdict, said) : fill(state.guess === null ? words.ask : words.guessed, said),
    stateLine: fill(words.state, said),
    canReveal: state.guess !== null,
  };
}
