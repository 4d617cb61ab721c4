// A square over a picture whose positions are pointed at: by mouse and finger, and with the arrow keys.

import { moved } from "./heat_map.js";
import { drag, element } from "./page.js";
import { placeOf, unitAt } from "./units.js";

/**
 * @typedef {object} Pointed
 * @property {import("./units.js").Size} size rows and columns of its positions
 * @property {number | null} unit where the keyboard stands
 * @property {string} words that place, as it is read out
 * @property {boolean} open whether a position can be picked
 */

/**
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {string} options.name as it is read out
 * @param {(unit: number | null) => void} options.point while the mouse runs over it; null when it leaves
 * @param {(unit: number) => void} options.pick by a press, a drag or a key
 */
export function makeUnitSurface(parent, { name, point, pick }) {
  const range = element("input", { type: "range", min: 0, step: 1, "aria-label": name, class: "kit-unseen" });
  const face = element("div", { class: "kit-unit-face" });
  const box = element("div", { class: "kit-units" }, range, face);
  parent.append(box);
  /** @type {Pointed} */
  let now = { size: [1, 1], unit: null, words: "", open: false };

  /** @param {PointerEvent} event */
  const under = (event) => {
    const { left, top, width, height } = box.getBoundingClientRect();
    return unitAt(now.size, (event.clientX - left) / width, (event.clientY - top) / height);
  };
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && !event.buttons) point(under(event));
  });
  box.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && point(null)); // a lifted finger stays
  box.addEventListener("mousedown", (event) => event.preventDefault()); // which would take the focus away again
  drag(box, {
    start: () => range.focus({ preventScroll: true }),
    move(event) {
      const unit = under(event);
      if (now.open) pick(unit);
      point(unit);
    },
    end() {},
  });
  range.addEventListener("input", () => now.open && pick(Number(range.value)));
  range.addEventListener("keydown", (event) => {
    const [rows, columns] = now.size;
    const from = now.unit ?? Math.floor(rows / 2) * columns + Math.floor(columns / 2);
    const to = event.altKey || event.metaKey ? null : moved(event, placeOf(now.size, from), [rows, columns]);
    if (!to) return;
    event.preventDefault();
    if (now.open) pick(to[0] * columns + to[1]);
  });
  range.addEventListener("blur", () => point(null));

  return {
    box,
    /** What is drawn in it. */
    face,
    /** @param {Pointed} next */
    set(next) {
      now = next;
      box.classList.toggle("kit-units-open", next.open);
      range.disabled = !next.open;
      range.max = String(next.size[0] * next.size[1] - 1);
      range.value = String(next.unit ?? 0);
      range.setAttribute("aria-valuetext", next.words);
    },
  };
}

/**
 * A frame around a part of a surface.
 * @param {HTMLElement} box of the surface
 * @param {string} kind its class
 */
export function makeOutline(box, kind) {
  const frame = element("div", { class: `kit-outline ${kind}`, "aria-hidden": "true", hidden: true });
  box.append(frame);
  /** @param {import("./units.js").Box | null} part null hides it */
  return (part) => {
    frame.hidden = part === null;
    if (!part) return;
    for (const [side, share] of Object.entries(part)) frame.style.setProperty(side, `${100 * share}%`);
  };
}
