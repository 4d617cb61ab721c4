// What the layer microscope shows and says, worked out from its state and the maps that are there. Pure.

import { fill } from "../../frontend/kit/numbers.js";
import { cellBox, fieldBox, placeOf, strongest } from "../../frontend/kit/units.js";
import { blockOf } from "./microscope_data.js";

/** @typedef {import("./microscope_data.js").Data} Data */
/** @typedef {import("./microscope_data.js").State} State */
/** @typedef {import("./microscope_data.js").Block} Block */
/** @typedef {import("./microscope_stock.js").Maps} Maps */

/**
 * One channel's response to the picture.
 * @param {Block} block
 * @param {Maps} maps
 * @param {number} channel
 */
export function responseOf({ channels, size, scale }, { peaks, levels }, channel) {
  const [place, length] = [channels.indexOf(channel), size[0] * size[1]];
  const peak = peaks[place];
  // The level that stands for the end of the block's scale: 255 is this channel's own peak.
  return { levels: levels.subarray(place * length, (place + 1) * length), peak, full: peak > 0 ? (255 * scale) / peak : 1 };
}

/** Where a unit lies, in words. @param {any} words @param {Block["size"]} size @param {number} unit @returns {string} */
export function placeWords(words, size, unit) {
  const [row, column] = placeOf(size, unit);
  const third = (/** @type {number} */ at, /** @type {number} */ count) => Math.min(2, Math.floor((3 * (at + 0.5)) / count));
  return words.places[third(row, size[0])][third(column, size[1])];
}

/** A response with two or three digits. @param {number} value */
export function responseWords(value) {
  return value >= 10 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2);
}

/**
 * What is known of the position that is pointed at.
 * @param {Data} data
 * @param {Block} block
 * @param {number} unit
 * @param {number | null} value its response; null if it is hidden
 */
export function reading({ side, table: { words } }, { size, field }, unit, value) {
  const [row, column] = placeOf(size, unit);
  const box = fieldBox(field, side, size, unit);
  const [width, height] = [Math.round(box.width * side), Math.round(box.height * side)];
  const sees = width === side && height === side ? words.whole_field : fill(words.field, { width, height });
  const position = fill(words.position, { row: row + 1, column: column + 1 });
  return value === null
    ? fill(words.sees, { position, field: sees })
    : fill(words.answers, { position, value: responseWords(value), field: sees });
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 * @param {{ maps: Maps | null, pointed: number | null }} more the maps if they are there, and the unit pointed at
 */
export function view(data, state, { maps, pointed }) {
  const { table, side } = data;
  const { words } = table;
  const block = blockOf(data, state.block);
  const index = Math.max(block.channels.indexOf(state.channel), 0);
  const sheet = Math.floor(index / table.sheet);
  const response = maps && responseOf(block, maps, state.channel);
  const best = response && strongest(response.levels);
  const open = state.revealed && response !== null;
  const unit = pointed ?? (open ? best : state.guess);
  const value = open && unit !== null ? (response.peak * response.levels[unit]) / 255 : null;
  return {
    block,
    index,
    sheet,
    sheets: Math.ceil(block.channels.length / table.sheet),
    channels: block.channels.slice(sheet * table.sheet, (sheet + 1) * table.sheet),
    response,
    open,
    best: open ? best : null,
    unit,
    cell: unit === null ? null : cellBox(block.size, unit),
    field: unit === null ? null : fieldBox(block.field, side, block.size, unit),
    bestCell: open && best !== null ? cellBox(block.size, best) : null,
    flag: state.guess === null ? null : cellBox(block.size, state.guess),
    guessWords: state.guess === null ? words.no_guess : fill(words.flag, { place: placeWords(words, block.size, state.guess) }),
    reading: unit === null ? "" : reading(data, block, unit, value),
    pager: fill(words.pager, {
      first: sheet * table.sheet + 1,
      last: Math.min((sheet + 1) * table.sheet, block.channels.length),
      all: block.channels.length,
    }),
    result: result(data, state, block, response, best),
    stateLine: fill(words.state, {
      network: data.network,
      block: block.name,
      channel: state.channel,
      width: block.width,
      rows: block.size[0],
      columns: block.size[1],
      size: block.field.size,
    }),
  };
}

/**
 * One sentence.
 * @param {Data} data
 * @param {State} state
 * @param {Block} block
 * @param {ReturnType<typeof responseOf> | null} response
 * @param {number | null} best
 */
function result({ table: { words, close } }, { channel, guess, revealed }, { size }, response, best) {
  if (!revealed) {
    return guess === null
      ? fill(words.before_guess, { channel })
      : fill(words.before_reveal, { channel, place: placeWords(words, size, guess) });
  }
  if (!response) return words.waiting;
  if (best === null) return fill(words.silent, { channel });
  const place = placeWords(words, size, best);
  if (guess === null) return fill(words.found, { channel, place });
  const share = Math.round((100 * response.levels[guess]) / 255);
  const judgement = share >= close ? words.saw_it : share >= close / 2 ? words.near : words.missed;
  return fill(words.judged, { channel, place, share, judgement });
}
