// The front in SVG: source against target accuracy, a cross from seed to seed for every setting, demands and a flag.

import { clamp } from "../../frontend/kit/numbers.js";
import { drag, element, svg } from "../../frontend/kit/page.js";
import { linear } from "../../frontend/kit/scale.js";
import { drawFlag } from "../../frontend/kit/flag.js";

/** @typedef {import("./front_model.js").FrontPoint} FrontPoint */

const HEIGHT = 360; // pixels
const EDGE = { left: 52, right: 14, top: 14, bottom: 42 }; // pixels around the plot, for the numbers
const STEP = { source: 0.2, target: 0.05 }; // between two lines of the grid
const POLE = [4, 23]; // where the flag's pole stands in its drawing

/**
 * @param {HTMLElement} parent
 * @param {{ axes: { source: [number, number], target: [number, number] }, words: any, point: (source: number, target: number) => void }} options
 *     point: hears where the learner points, in whole percent
 */
export function makeFrontChart(parent, { axes, words, point }) {
  const drawing = svg("svg", { role: "img", class: "kit-chart-drawing" });
  const surface = element("div", { class: "front-surface" });
  const box = element("div", { class: "kit-chart" }, drawing, surface);
  box.style.setProperty("--height", `${HEIGHT}px`);
  parent.append(box);
  const [across, up] = [linear(...axes.source), linear(...axes.target)];
  let width = 640;
  /** @type {Picture | null} */
  let picture = null;

  /** @param {number} source */
  const x = (source) => EDGE.left + across.place(source) * (width - EDGE.left - EDGE.right);
  /** @param {number} target */
  const y = (target) => HEIGHT - EDGE.bottom - up.place(target) * (HEIGHT - EDGE.top - EDGE.bottom);

  drag(surface, {
    move({ clientX, clientY }) {
      const { left, top } = box.getBoundingClientRect();
      const source = across.value((clientX - left - EDGE.left) / (width - EDGE.left - EDGE.right));
      const target = up.value((HEIGHT - EDGE.bottom - clientY + top) / (HEIGHT - EDGE.top - EDGE.bottom));
      point(Math.round(100 * source), Math.round(100 * target));
    },
    end() {},
  });

  const redraw = () => {
    if (!picture) return;
    const { alt, points, intact, demands, flag } = picture;
    drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    drawing.setAttribute("aria-label", alt);
    const order = ["other", "plain", "own"];
    const sorted = [...points].sort((one, other) => Number(one.chosen) - Number(other.chosen) || order.indexOf(one.kind) - order.indexOf(other.kind));
    drawing.replaceChildren(
      ...grid(),
      ...(demands ? demandLines(demands) : []),
      svg("line", { class: "front-intact", x1: x(intact), x2: x(intact), y1: y(axes.target[0]), y2: y(axes.target[1]) }),
      plainLine(points),
      ...sorted.map(mark),
      ...(flag ? [planted(flag)] : []),
    );
  };

  const grid = () => {
    const [bottom, left] = [y(axes.target[0]), x(axes.source[0])];
    return [
      ...stepsOf(axes.source, STEP.source).flatMap((source) => [
        svg("line", { class: "kit-grid", x1: x(source), x2: x(source), y1: EDGE.top, y2: bottom }),
        svg("text", { class: "kit-label", x: x(source), y: bottom + 17, "text-anchor": source === axes.source[1] ? "end" : "middle" }, percentText(source)),
      ]),
      ...stepsOf(axes.target, STEP.target).flatMap((target) => [
        svg("line", { class: "kit-grid", x1: left, x2: width - EDGE.right, y1: y(target), y2: y(target) }),
        svg("text", { class: "kit-label", x: left - 6, y: y(target) + 4, "text-anchor": "end" }, percentText(target)),
      ]),
      svg("text", { class: "kit-label", x: (left + width) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, words.x),
      svg("text", { class: "kit-label", transform: `translate(11 ${(EDGE.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, words.y),
    ];
  };

  /** @param {{ source: number, target: number }} demands */
  const demandLines = ({ source, target }) => [
    svg("rect", { class: "front-meets", x: x(source), y: EDGE.top, width: width - EDGE.right - x(source), height: clamp(y(target) - EDGE.top, 0, HEIGHT) }),
    svg("line", { class: "front-demand kit-tone-source", x1: x(source), x2: x(source), y1: EDGE.top, y2: y(axes.target[0]) }),
    svg("line", { class: "front-demand kit-tone-target", x1: x(axes.source[0]), x2: width - EDGE.right, y1: y(target), y2: y(target) }),
  ];

  /** Plain fine-tuning from its lowest rate to its highest. @param {readonly FrontPoint[]} points */
  const plainLine = (points) => {
    const plain = points.filter(({ kind }) => kind === "plain").map(({ at }) => `${x(at.source[0])},${y(at.target[0])}`);
    return svg("polyline", { class: "front-plain-line", points: plain.join(" ") });
  };

  /** @param {FrontPoint} point */
  const mark = ({ kind, at, chosen, both }) => {
    const [cx, cy] = [x(at.source[0]), y(at.target[0])];
    const group = svg("g", { class: `front-point front-${kind}${chosen ? " front-chosen" : ""}${both ? " front-both" : ""}` });
    if (chosen || kind !== "other") {
      const cross = `M${x(at.source[1])} ${cy}H${x(at.source[2])}M${cx} ${y(at.target[1])}V${y(at.target[2])}`;
      group.append(svg("path", { class: "front-cross", d: cross }));
    }
    const size = chosen ? 8 : kind === "other" ? 3.5 : 5;
    group.append(
      kind === "plain"
        ? svg("rect", { class: "front-dot", x: cx - size, y: cy - size, width: 2 * size, height: 2 * size })
        : svg("circle", { class: "front-dot", cx, cy, r: size }),
    );
    if (both) group.append(svg("circle", { class: "front-ring", cx, cy, r: size + 4 }));
    return group;
  };

  /** @param {readonly [number, number]} guess in percent */
  const planted = ([source, target]) => {
    const flag = drawFlag();
    for (const [name, value] of Object.entries({ x: x(source / 100) - POLE[0], y: y(target / 100) - POLE[1], width: 20, height: 24 })) {
      flag.setAttribute(name, String(value));
    }
    return flag;
  };

  new ResizeObserver(() => {
    if (box.clientWidth === 0 || box.clientWidth === width) return;
    width = box.clientWidth;
    redraw();
  }).observe(box);

  return {
    /** @param {Picture} next */
    draw(next) {
      picture = next;
      redraw();
    },
  };
}

/**
 * @typedef {object} Picture
 * @property {string} alt
 * @property {readonly FrontPoint[]} points
 * @property {number} intact the source's accuracy before any training
 * @property {{ source: number, target: number } | null} demands shares
 * @property {readonly [number, number] | null} flag in percent
 */

/** @param {[number, number]} ends @param {number} step */
function stepsOf([least, most], step) {
  const first = Math.ceil(least / step - 1e-9);
  return Array.from({ length: Math.floor(most / step + 1e-9) - first + 1 }, (_, number) => (first + number) * step);
}

/** @param {number} share */
function percentText(share) {
  return `${Math.round(100 * share)}%`;
}
