// What excites a channel, drawn frame by frame: live in a notebook, and played again anywhere.

import { fill } from "../../frontend/kit/numbers.js";
import { element } from "../../frontend/kit/page.js";
import { cutPicture } from "../../frontend/kit/picture_grid.js";
import { makeRunCard } from "../../frontend/kit/run_card.js";
import { makeTransport } from "../../frontend/kit/transport.js";

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {any} options.words
 * @param {number} options.steps of a whole drawing
 * @param {((command: string) => void) | null} options.ask null where nothing runs
 * @param {string} options.lesson where it does
 * @param {(step: number) => void} options.show
 */
export function makeDrawing(parent, { words, steps, ask, lesson, show }) {
  const picture = element("div", { class: "kit-units" });
  const side = element("div", { class: "scope-draws" });
  parent.append(picture, side);
  /** @type {readonly import("./microscope_stock.js").Frame[]} */
  let frames = [];
  let drawn = "nothing";
  const transport = makeTransport(side, {
    name: "Step",
    words: (place) => (frames.length ? fill(words.step, { step: frames[place].step, steps }) : ""),
    show: (place) => show(frames[place].step),
  });
  const card = ask ? makeRunCard(side, ask) : null;
  if (!ask) side.append(element("a", { href: lesson }, words.lesson));

  return {
    /**
     * @param {import("./microscope_data.js").State} state
     * @param {readonly import("./microscope_stock.js").Frame[]} there
     * @param {import("../../frontend/kit/notebook_host.js").Snapshot} snapshot
     */
    set({ block, channel, seed, step }, there, snapshot) {
      frames = there;
      const at = Math.max(frames.findLastIndex((frame) => frame.step <= step), 0);
      const one = frames[at];
      const now = one ? [block, channel, seed, one.step, one.sheet].join() : "";
      if (now !== drawn) {
        drawn = now;
        picture.replaceChildren(one ? cut(one, block, channel) : element("span", { class: "scope-wait" }, ask ? words.undrawn : words.undrawn_page));
      }
      transport.set(frames.length, at);
      card?.set(snapshot.phase, snapshot.words, snapshot.run);
    },
    stop: transport.stop,
    /** Say that nothing is drawn any more. @param {string} why */
    cut: (why) => card?.cut(why),
  };

  /** @param {import("./microscope_stock.js").Frame} frame @param {string} block @param {number} channel */
  function cut({ step, sheet, columns, column }, block, channel) {
    const made = cutPicture(sheet, [1, columns], [0, column]);
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", fill(words.drawing_alt, { channel, block, step }));
    return made;
  }
}
