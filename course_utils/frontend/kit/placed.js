// A widget that is drawn in the place of its output's HTML. A saved notebook keeps this HTML and nothing that could
// fail to load: opened again, it shows what was there, and how to go on.
//
// The output is <course-widget place="...">, around what it shows without a kernel. One with the attribute "kept" is
// hidden as long as the widget is there: it holds what Python updates while the learner works.

const NAME = "course-widget";
const COMMON = "jp-RenderedHTMLCommon"; // JupyterLab's styles for text, which would reach into the widget

/** @type {Map<string, (at: HTMLElement) => void>} how to draw each widget of this page, by its place */
const living = (/** @type {any} */ (globalThis)[Symbol.for(NAME)] ??= new Map());

/** @typedef {(view: { model: any, el: HTMLElement }) => (() => void)} Render */

/**
 * Return what anywidget wants of a module: a widget with views, and drawn in its places as soon as there are any.
 * @param {Render} render
 */
export function placed(render) {
  return {
    render,
    /** @param {{ model: any }} options */
    initialize({ model }) {
      /** @type {Map<HTMLElement, () => void>} */
      const drawn = new Map();
      /** @param {HTMLElement} at */
      const draw = (at) => {
        if (drawn.has(at)) return;
        if (at.hasAttribute("kept")) {
          at.hidden = true;
          drawn.set(at, () => void (at.hidden = false));
          return;
        }
        const left = [...at.childNodes];
        const host = at.closest(`.${COMMON}`);
        const el = document.createElement("div");
        at.replaceChildren(el);
        host?.classList.remove(COMMON);
        const end = render({ model, el });
        drawn.set(at, () => {
          end();
          host?.classList.add(COMMON);
          at.replaceChildren(...left);
        });
      };
      const place = model.get("place");
      living.set(place, draw);
      define();
      for (const at of document.querySelectorAll(NAME)) {
        if (at.getAttribute("place") === place) draw(/** @type {HTMLElement} */ (at));
      }
      return () => {
        if (living.get(place) === draw) living.delete(place);
        for (const undo of drawn.values()) undo();
      };
    },
  };
}

function define() {
  if (customElements.get(NAME)) return;
  customElements.define(
    NAME,
    class extends HTMLElement {
      connectedCallback() {
        living.get(this.getAttribute("place") ?? "")?.(this);
      }
    },
  );
}
