// Demo of the design tokens.

import { makeChoice } from "../../../course_utils/frontend/kit/choice.js";
import { element } from "../../../course_utils/frontend/kit/page.js";
import { part } from "./part.js";

const COLOURS = ["text", "quiet", "edge", "target", "source", "green", "red", "well", "line"];
const SIZES = ["small", "body", "lead"];

export const title = "Design tokens";
export const text = "The type scale, the spacing and the colours that all pieces share, in the theme that this page has now.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const colours = part(parent, "Colours, and their contrast with the paper");
  const swatches = element("ul", { class: "demo-swatches" });
  const sample = element("p");
  const show = () =>
    swatches.replaceChildren(
      ...COLOURS.map((name) => {
        const swatch = element("span", { class: "demo-swatch" });
        swatch.style.background = `var(--${name})`;
        return element("li", {}, swatch, element("span", {}, name), element("span", {}, `${contrast(name).toFixed(1)} : 1`));
      }),
    );
  /** Its contrast with the paper. @param {string} name */
  const contrast = (name) => {
    const [one, other] = [`var(--${name})`, "var(--paper)"].map((colour) => luminance(parent, colour));
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  colours.append(swatches);
  show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);

  const types = part(parent, "Type scale, and text in a colour");
  const choice = makeChoice(types, {
    name: "Colour of the text",
    options: ["text", "quiet", "target", "source"].map((value) => ({ value, text: value })),
    change(name) {
      sample.style.color = `var(--${name})`;
      report(`${name} on paper: ${contrast(name).toFixed(1)} : 1`);
    },
  });
  choice.set("text");
  types.append(sample);
  for (const size of SIZES) {
    const line = element("span", {}, `${size}: ${getComputedStyle(parent).getPropertyValue(`--${size}`)}`, element("br"));
    line.style.fontSize = `var(--${size})`;
    sample.append(line);
  }

  const spaces = part(parent, "Spacing: once, twice, three and four times");
  const bars = element("div", { class: "kit-row", role: "img", "aria-label": "four bars, each wider than the one before" });
  for (const times of [1, 2, 3, 4]) {
    const bar = element("span", { class: "demo-space" });
    bar.style.width = `calc(${times} * var(--space))`;
    bars.append(bar);
  }
  spaces.append(bars);

  const rates = part(parent, "The ramp of the learning rates, low to high");
  const ramp = element("div", { class: "kit-row", role: "img", "aria-label": "six blues, each stronger than the one before" });
  for (const rate of [0, 1, 2, 3, 4, 5]) {
    const swatch = element("span", { class: "demo-swatch" });
    swatch.style.background = `var(--rate-${rate})`;
    ramp.append(swatch);
  }
  rates.append(ramp);
}

/**
 * The relative luminance of a colour (WCAG 2.2), 0..1.
 * @param {HTMLElement} parent where its variables have their values
 * @param {string} colour
 */
function luminance(parent, colour) {
  const probe = element("span");
  probe.style.color = colour;
  parent.append(probe);
  const context = /** @type {CanvasRenderingContext2D} */ (element("canvas", { width: 1, height: 1 }).getContext("2d"));
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((level) => {
    const share = level / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
