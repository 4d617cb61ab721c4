// The freeze lab on a web page: its state is in the address, and nothing trains.

import { makeStore } from "../../frontend/kit/store.js";
import { lockedTo } from "../../frontend/kit/locks.js";
import { mountFreezeLab } from "./freeze_lab.js";

const root = /** @type {HTMLElement} */ (document.getElementById("lab"));
const data = await (await fetch("data.json")).json();
const { frozen, ...start } = data.table.start;
const store = makeStore({ ...start, locked: lockedTo(data.blocks.length, frozen), guess: null, revealed: false, step: 0 });
root.replaceChildren();
const lab = mountFreezeLab(root, data, store, {
  trains: null,
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
