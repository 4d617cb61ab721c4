// Small pictures for the demos: four shapes, drawn when they are needed.

import { element } from "../../../course_utils/frontend/kit/page.js";

export const SHAPES = ["circle", "square", "triangle", "cross"];
const PATHS = ["M8 2a6 6 0 1 0 .01 0z", "M3 3h10v10H3z", "M8 2L14 14H2z", "M6 2h4v4h4v4h-4v4H6v-4H2V6h4z"];
export const SIDE = 16; // pixels

/**
 * The address of a picture: a row for each shape, and in each row the shape in one colour after the other.
 * @param {readonly string[]} shapes
 * @param {readonly string[]} colours
 */
export function sheetOf(shapes, colours) {
  const canvas = element("canvas", { width: SIDE * colours.length, height: SIDE * shapes.length });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#f2ead8";
  context.fillRect(0, 0, canvas.width, canvas.height);
  shapes.forEach((shape, row) =>
    colours.forEach((colour, column) => {
      context.setTransform(1, 0, 0, 1, SIDE * column, SIDE * row);
      context.fillStyle = colour;
      context.fill(new Path2D(PATHS[SHAPES.indexOf(shape)]));
    }),
  );
  return canvas.toDataURL();
}
