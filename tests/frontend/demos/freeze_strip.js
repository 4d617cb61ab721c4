// Demo of the network strip.

import { makeFreezeStrip } from "../../../course_utils/frontend/kit/freeze_strip.js";
import { learningWords, lockedTo } from "../../../course_utils/frontend/kit/locks.js";
import { part } from "./part.js";

const RATES = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
const WIDTHS = [3, 16, 32, 64, 128];
// Convolutions of 3 x 3 pixels, from one width to the next.
const BLOCKS = WIDTHS.slice(1).map((width, number) => ({ name: `block${number + 1}`, weights: 9 * WIDTHS[number] * width }));
const MANY = Array.from({ length: 12 }, (_, number) => ({ name: `block_${number + 1}`, weights: 1000 * (number + 1) }));

export const title = "Freeze strip";
export const text = "The network from its pictures to its heads: the handle freezes up to a depth, and every block has its own lock.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("No block is frozen, nothing has moved yet", BLOCKS, 0, 1e-3, null);
  show("Two blocks are frozen, and the others moved while they learnt", BLOCKS, 2, 1e-2, [0, 0, 0.06, 0.15]);
  show("Many blocks: short names, and a line about one of them", MANY, 5, 1e-4, MANY.map((_, number) => (number < 5 ? 0 : 0.01 * number)));

  /**
   * @param {string} name
   * @param {typeof BLOCKS} blocks
   * @param {number} frozen
   * @param {number} rate
   * @param {number[] | null} drift
   */
  function show(name, blocks, frozen, rate, drift) {
    const names = blocks.map((block) => block.name);
    let locked = lockedTo(blocks.length, frozen);
    const set = () => strip.set({ locked, rate, drift });
    const strip = makeFreezeStrip(part(parent, name, true), {
      blocks,
      rates: RATES,
      input(next) {
        locked = next;
        set();
        report(learningWords(locked, names));
      },
      change: () => report(`${learningWords(locked, names)}, and the move has ended`),
    });
    set();
  }
}
