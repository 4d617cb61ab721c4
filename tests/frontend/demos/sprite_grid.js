// Demo of the small pictures by group.

import { makeChoice } from "../../../course_utils/frontend/kit/choice.js";
import { makeSpriteGrid } from "../../../course_utils/frontend/kit/sprite_grid.js";
import { part } from "./part.js";
import { sheetOf, SHAPES } from "./shapes.js";

const COLOURS = ["#0069a6", "#b84300", "#00795c", "#8a3d74", "#6b5200"];

export const title = "Sprite grid";
export const text = "Small pictures by group, cut out of one sheet, with an empty place for each that is not there.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const box = part(parent, "As many of each shape as you choose", true);
  const options = ["0", "1", "3", "5"].map((value) => ({ value, text: value }));
  const choice = makeChoice(box, { name: "Pictures of each", options, change: (value) => report(show(Number(value))) });
  const grid = makeSpriteGrid(box, { slots: 5 });
  const sheet = sheetOf(SHAPES, COLOURS);
  /** @param {number} many */
  const show = (many) => {
    const places = COLOURS.map((_, column) => column).slice(0, many);
    const more = many < 5 ? `+${5 - many}` : "";
    const groups = SHAPES.map((name) => ({ name, places, more, alt: `${name}: ${many} of 5 pictures` }));
    grid.set({ sheet, columns: 5, groups });
    return groups.map(({ alt }) => alt).join(", ");
  };
  choice.set("3");
  show(3);

  const empty = makeSpriteGrid(part(parent, "Before there is a sheet", true), { slots: 5 });
  empty.set({ sheet: undefined, columns: 5, groups: SHAPES.map((name) => ({ name, places: [0], more: "", alt: `${name}: no picture yet` })) });
}
