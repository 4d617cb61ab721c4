// What the page has of maps, favourites and drawings: there from the start, or asked for once and kept. No elements.

/**
 * @typedef {object} Maps a block's responses to a picture
 * @property {number[]} peaks by channel, in the block's order
 * @property {Uint8Array} levels channel by channel, row by row; 255 is the channel's peak
 *
 * @typedef {object} Frame of a drawing
 * @property {number} step
 * @property {string} sheet the address of a row of frames
 * @property {number} columns how many frames it has
 * @property {number} column which of them
 */

const KEPT = 120; // drawings, maps or sheets of favourites; the oldest goes first

/**
 * @param {import("./microscope_data.js").Data} data
 * @param {((command: string, more: object) => void) | null} ask null where nobody answers
 */
export function makeStock(data, ask) {
  const coded = data.maps ?? {};
  /** @type {Map<string, Maps>} */
  const maps = new Map();
  /** @type {Map<string, string>} */
  const favourites = new Map(Object.entries(data.favourites ?? {}));
  /** @type {Map<string, Frame[]>} */
  const drawings = new Map();
  for (const [key, sheet] of Object.entries(data.drawings ?? {})) {
    const steps = /** @type {number[]} */ (data.table.frames);
    drawings.set(key, steps.map((step, column) => ({ step, sheet, columns: steps.length, column })));
  }
  const asked = new Set();

  /** @param {string} command @param {string} key @param {object} more */
  const need = (command, key, more) => {
    if (!ask || asked.has(command + key)) return;
    asked.add(command + key);
    ask(command, more);
  };
  /** @template T @param {Map<string, T>} there @param {string} key @param {T} value @param {string} command */
  const keep = (there, key, value, command) => {
    there.delete(key);
    there.set(key, value);
    const [oldest] = there.keys();
    if (there.size <= KEPT) return;
    there.delete(oldest);
    asked.delete(command + oldest);
  };

  return {
    /** @param {number} picture @param {string} block @returns {Maps | null} */
    maps(picture, block) {
      const key = `${picture}/${block}`;
      const there = maps.get(key);
      if (there) return there;
      if (coded[key]) return this.takeMaps({ picture, block, ...coded[key] });
      need("maps", key, { picture, block });
      return null;
    },
    /** @param {string} block @param {number} sheet @returns {string | null} the address of a picture, a row by channel */
    favourites(block, sheet) {
      const key = `${block}/${sheet}`;
      if (!favourites.has(key)) need("favourites", key, { block, sheet });
      return favourites.get(key) ?? null;
    },
    /** @param {string} block @param {number} channel @param {number} seed @returns {readonly Frame[]} in the order of steps */
    frames(block, channel, seed) {
      return drawings.get(`${block}/${channel}/${seed}`) ?? [];
    },
    /** @param {{ picture: number, block: string, peaks: number[], levels: string }} message */
    takeMaps({ picture, block, peaks, levels }) {
      const bytes = Uint8Array.from(atob(levels), (char) => char.charCodeAt(0));
      const made = { peaks, levels: bytes };
      keep(maps, `${picture}/${block}`, made, "maps");
      return made;
    },
    /** @param {{ block: string, sheet: number, picture: string }} message */
    takeFavourites({ block, sheet, picture }) {
      keep(favourites, `${block}/${sheet}`, picture, "favourites");
    },
    /**
     * A frame of a drawing that goes on; an earlier step than the last one begins another.
     * @param {{ block: string, channel: number, seed: number }} of
     * @param {number} step
     * @param {string} picture
     */
    takeFrame({ block, channel, seed }, step, picture) {
      const key = `${block}/${channel}/${seed}`;
      const before = (drawings.get(key) ?? []).filter((frame) => frame.step < step && (drawings.get(key)?.at(-1)?.step ?? 0) <= step);
      keep(drawings, key, [...before, { step, sheet: picture, columns: 1, column: 0 }], "frame");
    },
  };
}
