// A gallery: one of several pictures is chosen by clicking it, or with the arrow keys. Radio buttons that are pictures.

import { element, newId, say } from "./page.js";

/**
 * @typedef {object} GridPicture
 * @property {number} value
 * @property {string} name as it is read out
 * @property {string} caption below it; empty for none
 * @property {string} key names what is seen: a picture is drawn again only if its key changes
 * @property {() => Node} draw
 */

/**
 * @param {HTMLElement} parent
 * @param {{ name: string, change: (value: number) => void }} options
 */
export function makePictureGrid(parent, { name, change }) {
  const group = newId();
  const box = element("fieldset", { class: "kit-pictures" }, element("legend", { class: "kit-name" }, name));
  parent.append(box);
  /** @type {{ label: HTMLLabelElement, radio: HTMLInputElement, face: HTMLElement, caption: HTMLElement, key: string }[]} */
  let tiles = [];

  const tile = () => {
    const radio = element("input", { type: "radio", name: group });
    const [face, caption] = [element("span", { class: "kit-picture-face" }), element("span", { class: "kit-picture-caption", "aria-hidden": "true" })];
    const label = element("label", { class: "kit-picture-tile" }, radio, face, caption);
    radio.addEventListener("change", () => change(Number(radio.value)));
    return { label, radio, face, caption, key: "" };
  };

  return {
    box,
    /** @param {readonly GridPicture[]} pictures @param {number} chosen */
    set(pictures, chosen) {
      while (tiles.length < pictures.length) tiles.push(tile());
      tiles = tiles.slice(0, pictures.length);
      if (box.children.length !== tiles.length + 1) box.replaceChildren(box.children[0], ...tiles.map(({ label }) => label));
      pictures.forEach(({ value, name: text, caption, key, draw }, number) => {
        const at = tiles[number];
        at.radio.value = String(value);
        at.radio.setAttribute("aria-label", text);
        at.radio.checked = value === chosen;
        say(at.caption, caption);
        at.caption.hidden = caption === "";
        if (at.key === key) return;
        at.key = key;
        at.face.replaceChildren(draw());
      });
    },
  };
}

/** A small picture by its address. @param {string} address */
export function plainPicture(address) {
  return element("img", { src: address, alt: "", class: "kit-pixels", draggable: "false" });
}

/**
 * One picture cut out of a sheet of equally large ones.
 * @param {string} sheet its address
 * @param {readonly [number, number]} size rows and columns of the sheet
 * @param {readonly [number, number]} at row and column of the picture
 */
export function cutPicture(sheet, [rows, columns], [row, column]) {
  const made = element("span", { class: "kit-cut kit-pixels" });
  const part = (/** @type {number} */ place, /** @type {number} */ count) => (count > 1 ? (100 * place) / (count - 1) : 0);
  made.style.backgroundImage = `url("${sheet}")`;
  made.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  made.style.backgroundPosition = `${part(column, columns)}% ${part(row, rows)}%`;
  return made;
}
