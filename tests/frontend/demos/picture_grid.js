// Demo of the gallery.

import { cutPicture, makePictureGrid, plainPicture } from "../../../course_utils/frontend/kit/picture_grid.js";
import { part } from "./part.js";
import { sheetOf, SHAPES } from "./shapes.js";

const COLOURS = ["#0069a6", "#b84300"];

export const title = "Picture grid";
export const text = "A gallery: one of several pictures is chosen with a click or the arrow keys. Radio buttons that are pictures.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const sheet = sheetOf(SHAPES, COLOURS);
  show("Single pictures, with captions", "Shape", (row) => ({ caption: SHAPES[row], draw: () => plainPicture(sheetOf([SHAPES[row]], COLOURS.slice(0, 1))) }));
  show("Cut out of one sheet, without captions", "Shape from the sheet", (row) => ({ caption: "", draw: () => cutPicture(sheet, [4, 2], [row, 1]) }));

  /**
   * @param {string} title
   * @param {string} name
   * @param {(row: number) => { caption: string, draw: () => Node }} picture
   */
  function show(title, name, picture) {
    const pictures = SHAPES.map((shape, value) => ({ value, name: shape, key: shape, ...picture(value) }));
    const grid = makePictureGrid(part(parent, title), {
      name,
      change(value) {
        grid.set(pictures, value);
        report(`chose the ${SHAPES[value]}`);
      },
    });
    grid.set(pictures, 0);
  }
}
