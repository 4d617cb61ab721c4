// Elements of the page.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean>} [attributes] a boolean sets or leaves out the attribute
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

let made = 0;

/** An id that no other element of the page has, even with two copies of a lab. */
export function newId() {
  made += 1;
  return `kit-${made}-${Math.random().toString(36).slice(2, 8)}`;
}

/** Set a text, unless it is there already: a live region would say it again. @param {Element} at @param {string} text */
export function say(at, text) {
  if (at.textContent !== text) at.textContent = text;
}

/**
 * Keep the keys of a part from JupyterLab, which takes letters, arrows and Enter unless the focused element is marked.
 * @param {HTMLElement} root
 */
export function keepKeys(root) {
  root.addEventListener("focusin", ({ target }) => /** @type {HTMLElement} */ (target).setAttribute("data-lm-suppress-shortcuts", "true"));
}

/** Whether the reader asked for less motion. */
export function lessMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Follow a pointer from pressing to releasing, by mouse, pen or finger; the right button is left to the browser.
 * @param {HTMLElement} surface
 * @param {{ move: (event: PointerEvent) => void, end: () => void, start?: () => void }} hears
 */
export function drag(surface, { move, end, start }) {
  surface.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    start?.();
    move(down);
    surface.setPointerCapture(down.pointerId);
    const stop = () => {
      surface.removeEventListener("pointermove", move);
      end();
    };
    surface.addEventListener("pointermove", move);
    surface.addEventListener("lostpointercapture", stop, { once: true });
  });
}
