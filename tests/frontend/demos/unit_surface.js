// Demo of the square of units over a picture.

import { plainPicture } from "../../../course_utils/frontend/kit/picture_grid.js";
import { makeOutline, makeUnitSurface } from "../../../course_utils/frontend/kit/unit_surface.js";
import { cellBox, fieldBox, placeOf } from "../../../course_utils/frontend/kit/units.js";
import { part } from "./part.js";
import { sheetOf, SIDE } from "./shapes.js";

/** @type {[number, number]} */
const SIZE = [4, 4];
const FIELD = { size: 8, stride: 4, start: -2 };

export const title = "Unit surface";
export const text = "A square over a picture whose positions are pointed at: hover or use the arrow keys, and a frame shows what each of them sees.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  show("A unit of 4 x 4 can be picked: its place, and the larger square that it sees", "Unit", true);
  show("Closed: the frame follows the mouse, and nothing can be picked", "Unit, closed", false);

  /** @param {string} title @param {string} name @param {boolean} open */
  function show(title, name, open) {
    const box = part(parent, title);
    box.classList.add("demo-small");
    /** @type {number | null} */
    let picked = open ? 5 : null;
    const surface = makeUnitSurface(box, {
      name,
      point: (unit) => draw(unit ?? picked),
      pick(unit) {
        picked = unit;
        draw(unit);
        report(`picked ${where(unit)}`);
      },
    });
    surface.face.append(plainPicture(sheetOf(["triangle"], ["#0069a6"])));
    const [seen, cell] = [makeOutline(surface.box, "demo-seen"), makeOutline(surface.box, "demo-cell")];
    /** @param {number | null} unit */
    const draw = (unit) => {
      seen(unit === null ? null : fieldBox(FIELD, SIDE, SIZE, unit));
      cell(unit === null ? null : cellBox(SIZE, unit));
      surface.set({ size: SIZE, unit: picked, words: picked === null ? "no unit" : where(picked), open });
    };
    draw(picked);
  }
}

/** @param {number} unit */
function where(unit) {
  const [row, column] = placeOf(SIZE, unit);
  return `row ${row + 1}, column ${column + 1}`;
}
