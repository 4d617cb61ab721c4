// A lab on a web page: its state is in the address, and nothing runs.

import { makeStore } from "./store.js";

/**
 * @typedef {object} Mounted
 * @property {() => string} code the state as it stands in a link
 * @property {(text: string) => string} restore go to the state in a text, or return why not
 * @property {(sentence: string) => void} warn
 */

/**
 * @param {(data: any) => object} start the first state
 * @param {(root: HTMLElement, data: any, store: import("./store.js").Store<any>, host: import("./notebook_host.js").Host) => Mounted} mount
 */
export async function hostOnPage(start, mount) {
  const root = /** @type {HTMLElement} */ (document.getElementById("lab"));
  const data = await (await fetch("data.json")).json();
  const store = makeStore(start(data));
  root.replaceChildren();
  const lab = mount(root, data, store, {
    kernel: null,
    lesson: root.dataset.lesson ?? "",
    address: `${location.origin}${location.pathname}#`,
  });

  const go = () => {
    if (location.hash.length > 1 && location.hash !== `#${lab.code()}`) lab.warn(lab.restore(decodeURIComponent(location.hash)));
  };
  go();
  addEventListener("hashchange", go);

  let waiting = 0;
  store.listen(() => {
    clearTimeout(waiting); // browsers allow a few changes of the address a second
    waiting = setTimeout(() => history.replaceState(null, "", `#${lab.code()}`), 250);
  });
  document.documentElement.dataset.ready = "true";
}
