// Lines over steps, in SVG: bands, markers, levels, names at their ends, and a read-out by pointer and by keyboard.

import { nearestPlace, outline, path, places, spread, toX, toY } from "./curves.js";
import { percent } from "./numbers.js";
import { element, svg } from "./page.js";
import { spaced, ticks } from "./scale.js";

/**
 * @typedef {object} ChartLine
 * @property {string} name as it stands at its end and in the read-out
 * @property {string} tone a colour of the design tokens: target, source
 * @property {"recorded" | "live" | "ghost"} kind how it is drawn
 * @property {readonly (readonly [number, number])[]} points x and share, in the order of x
 * @property {readonly (readonly [number, number, number])[]} [band] x, lowest, highest
 */

/**
 * @typedef {object} ChartPicture
 * @property {string} alt what it shows, in words
 * @property {string} xName
 * @property {number} xEnd
 * @property {number} [xStart] the left edge of a logarithmic axis; without it the axis is linear, from 0
 * @property {readonly number[]} [xTicks] where the axis has numbers, unless too near to the one before; round ones by default
 * @property {(x: number) => string} [xWords] a place in words, for the read-out; "step 20" by default
 * @property {readonly ChartLine[]} lines the last on top
 * @property {readonly { tone: string, share: number }[]} [levels] horizontal lines
 * @property {readonly { name: string, tone: string, share: number }[]} [marks] more names at the right edge
 * @property {{ from: number, to: number, text: string } | null} [gap] between two shares, at the right edge
 * @property {readonly { x: number, name: string }[]} [stages] where another part of the lines begins
 * @property {(share: number) => string} [write] what a share of the height means; a percentage by default
 * @property {(frame: import("./curves.js").Frame) => Node[]} [more] what else is drawn, on top of the lines
 */

const LEFT = 44; // pixels to the left of the plot, for the numbers
const LABEL = 15; // pixels between two names
const TICK = 24; // pixels between two numbers at least
const SQUARE = ["source", "scratch"]; // tones whose measurements are squares, not circles
const GHOST = "before";

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {string} options.readerName the name of the keyboard's read-out
 * @param {number} [options.height] in pixels
 * @param {readonly number[]} [options.grid] the shares that have a line and a label
 * @param {(width: number) => number} [options.room] pixels to the right of the plot, for names at the ends of lines
 */
export function makeChart(parent, { readerName, height = 262, grid = [0, 0.2, 0.4, 0.6, 0.8, 1], room = roomForNames }) {
  const drawing = svg("svg", { role: "img", class: "kit-chart-drawing" });
  const reader = element("input", { type: "range", min: 0, step: 1, "aria-label": readerName, class: "kit-unseen kit-reader" });
  const tip = element("div", { class: "kit-tip", "aria-hidden": "true", hidden: true });
  const surface = element("div", { class: "kit-surface" });
  const box = element("div", { class: "kit-chart" }, drawing, surface, reader, tip);
  box.style.setProperty("--height", `${height}px`);
  parent.append(box);

  /** @type {ChartPicture} */
  let picture = { alt: "", xName: "", xEnd: 1, lines: [] };
  let width = 640;
  /** @type {number[]} */
  let xs = [];
  /** @type {number | null} */
  let reading = null;
  /** @type {(() => void)[]} */
  const resized = [];

  const frame = () => {
    const { xStart, xEnd } = picture;
    const right = Math.max(width - room(width), LEFT + 1); // a page may be narrower for a moment, before it is laid out
    return { left: LEFT, right, top: 14, bottom: height - 40, xStart, xEnd };
  };

  const redraw = () => {
    const at = frame();
    xs = places(picture.lines);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("aria-label", picture.alt);
    const lines = picture.lines.filter(({ points }) => points.length > 0);
    const write = picture.write ?? percent;
    drawing.replaceChildren(
      ...axes(at, picture, grid, write),
      ...(picture.stages ?? []).map((stage) => drawnStage(at, stage)),
      ...(picture.levels ?? []).map((level) => drawnLevel(at, level)),
      ...lines.map((line) => drawnLine(at, line)),
      ...(picture.gap ? [drawnGap(at, picture.gap)] : []),
      ...(picture.more?.(at) ?? []),
      ...names(at, lines, picture.marks ?? [], write),
    );
    reader.max = String(Math.max(xs.length - 1, 0));
    surface.style.inset = `${at.top}px ${width - at.right}px ${height - at.bottom}px ${at.left}px`;
    read(reading);
  };

  /** Show the values at a place, or none. @param {number | null} place */
  const read = (place) => {
    reading = place === null || xs.length === 0 ? null : Math.min(place, xs.length - 1);
    drawing.querySelector(".kit-cursor")?.remove();
    tip.hidden = reading === null;
    if (reading === null) {
      reader.setAttribute("aria-valuetext", picture.alt);
      return;
    }
    const at = frame();
    const step = xs[reading];
    const values = picture.lines.flatMap(({ name, kind, points }) => {
      const point = points.find(([x]) => x === step);
      return point ? [`${kind === "ghost" ? `${GHOST}, ` : ""}${name} ${(picture.write ?? percent)(point[1])}`] : [];
    });
    const x = toX(at, step);
    const words = picture.xWords?.(step) ?? `step ${step}`;
    drawing.append(svg("line", { class: "kit-cursor", x1: x, x2: x, y1: at.top, y2: at.bottom }));
    tip.replaceChildren(element("b", {}, words), ...values.map((value) => element("span", {}, value)));
    tip.style.left = `${x}px`;
    tip.classList.toggle("kit-tip-left", x > (at.left + at.right) / 2);
    reader.value = String(reading);
    reader.setAttribute("aria-valuetext", `${words}: ${values.join(", ")}`);
  };

  box.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || event.buttons) return;
    const at = frame();
    const x = event.clientX - box.getBoundingClientRect().left;
    const near = 0.05 * (at.right - at.left);
    read(x < at.left - near || x > at.right + near ? null : nearestPlace(xs.map((place) => toX(at, place)), x));
  });
  box.addEventListener("pointerleave", () => read(null));
  reader.addEventListener("focus", () => read(xs.length - 1));
  reader.addEventListener("blur", () => read(null));
  reader.addEventListener("input", () => read(Number(reader.value)));

  new ResizeObserver(() => {
    if (box.clientWidth === 0 || box.clientWidth === width) return;
    width = box.clientWidth;
    redraw();
    for (const tell of resized) tell();
  }).observe(box);

  return {
    box,
    surface,
    frame,
    /** Call it when the chart has another size. @param {() => void} tell */
    onResize: (tell) => void resized.push(tell),
    /** @param {ChartPicture} next */
    draw(next) {
      picture = next;
      redraw();
    },
  };
}

/** @param {number} width */
function roomForNames(width) {
  return width < 480 ? 92 : 112;
}

/**
 * @param {import("./curves.js").Frame} at
 * @param {Pick<ChartPicture, "xName" | "xTicks">} picture
 * @param {readonly number[]} grid
 * @param {(share: number) => string} write
 */
function axes(at, { xName, xTicks }, grid, write) {
  const lines = grid.flatMap((share) => {
    const y = toY(at, share);
    return [
      svg("line", { class: share ? "kit-grid" : "kit-axis", x1: at.left, x2: at.right, y1: y, y2: y }),
      svg("text", { class: "kit-label", x: at.left - 8, y: y + 4, "text-anchor": "end" }, write(share)),
    ];
  });
  const values = xTicks ?? ticks(at.xEnd, at.right - at.left < 300 ? 3 : 6);
  const marks = spaced(values, (value) => toX(at, value), TICK).map((value) =>
    svg("text", { class: "kit-label", x: toX(at, value), y: at.bottom + 17, "text-anchor": "middle" }, String(value)),
  );
  const middle = (at.left + at.right) / 2;
  return [...lines, ...marks, svg("text", { class: "kit-label", x: middle, y: at.bottom + 34, "text-anchor": "middle" }, xName)];
}

/** @param {import("./curves.js").Frame} at @param {ChartLine} line */
function drawnLine(at, { points, tone, kind, band }) {
  const group = svg("g", { class: `kit-line kit-${kind} kit-tone-${tone}` });
  if (band) group.append(svg("path", { class: "kit-band", d: outline(at, band) }));
  group.append(svg("path", { class: "kit-stroke", d: path(at, points) }));
  for (const [x, y] of points) {
    const centre = { x: toX(at, x), y: toY(at, y) };
    group.append(
      SQUARE.includes(tone)
        ? svg("rect", { class: "kit-marker", x: centre.x - 3, y: centre.y - 3, width: 6, height: 6 })
        : svg("circle", { class: "kit-marker", cx: centre.x, cy: centre.y, r: 3.4 }),
    );
  }
  return group;
}

/** @param {import("./curves.js").Frame} at @param {{ tone: string, share: number }} level */
function drawnLevel(at, { tone, share }) {
  const y = toY(at, share);
  return svg("line", { class: `kit-level kit-tone-${tone}`, x1: at.left, x2: at.right, y1: y, y2: y });
}

/** @param {import("./curves.js").Frame} at @param {{ x: number, name: string }} stage */
function drawnStage(at, { x, name }) {
  const place = toX(at, x);
  return svg(
    "g",
    { class: "kit-stage" },
    svg("line", { x1: place, x2: place, y1: at.top, y2: at.bottom }),
    svg("text", { class: "kit-label", x: place + 5, y: at.top + 12 }, name),
  );
}

/**
 * Name the newest lines at their ends, and what else lies there.
 * @param {import("./curves.js").Frame} at
 * @param {readonly ChartLine[]} lines
 * @param {readonly { name: string, tone: string, share: number }[]} marks
 * @param {(share: number) => string} write
 */
function names(at, lines, marks, write) {
  const newest = lines.some(({ kind }) => kind === "live") ? "live" : "recorded";
  const named = [
    ...lines
      .filter(({ kind }) => kind === newest)
      .map(({ name, tone, points }) => {
        const [x, share] = points[points.length - 1];
        return { name: `${name} ${write(share)}`, tone, share, x };
      }),
    ...marks.map((mark) => ({ ...mark, x: at.xEnd })),
  ];
  const heights = spread(named.map(({ share }) => toY(at, share)), LABEL, at.top, at.bottom);
  return named.map(({ name, tone, x }, number) =>
    svg("text", { class: `kit-end kit-tone-${tone}`, x: toX(at, x) + 9, y: heights[number] + 4 }, name),
  );
}

/** @param {import("./curves.js").Frame} at @param {{ from: number, to: number, text: string }} gap */
function drawnGap(at, { from, to, text }) {
  const [y1, y2] = [toY(at, from), toY(at, to)];
  const x = at.right - 44;
  return svg(
    "g",
    { class: "kit-gap" },
    svg("path", { d: `M${x - 4} ${y1}h8M${x} ${y1}V${y2}M${x - 4} ${y2}h8` }),
    svg("text", { class: "kit-label", x: x - 8, y: (y1 + y2) / 2 + 4, "text-anchor": "end" }, text),
  );
}
