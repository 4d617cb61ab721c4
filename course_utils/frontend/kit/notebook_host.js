// A lab in a notebook: its state is the widget's traits, and the kernel does what only Python can do.

import { makeStore, same } from "./store.js";

const PAUSE = 1000; // milliseconds

/**
 * @typedef {object} Snapshot what Python says about its run
 * @property {import("./run_card.js").Phase} phase
 * @property {string} words
 * @property {any} run
 *
 * @typedef {object} Kernel
 * @property {(command: string, more?: object, buffers?: ArrayBuffer[]) => void} ask
 * @property {(hear: (snapshot: Snapshot) => void) => void} listen to what a run does
 * @property {(kind: string, hear: (content: any) => void) => void} hears another kind of message
 * @property {(hear: () => void) => void} onCut when the kernel is gone
 *
 * @typedef {object} Host where a lab stands
 * @property {Kernel | null} kernel null on a web page, where nothing runs
 * @property {string} lesson the address of the lesson, for a page where nothing runs
 * @property {string} address what stands before a shared state: a page's address and "#", or nothing
 *
 * @typedef {object} Mounted
 * @property {(change: any) => void} update change some fields of the state, and what follows from that
 * @property {() => string[]} [words] what it says now, for a saved notebook to keep
 */

/**
 * @param {{ model: any, el: HTMLElement }} view what anywidget hands over
 * @param {readonly string[]} names the traits that make the state
 * @param {(root: HTMLElement, data: any, store: import("./store.js").Store<any>, host: Host) => Mounted} mount
 */
export function hostInNotebook({ model, el }, names, mount) {
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const store = makeStore(read());
  let [writing, mirroring] = [false, false];
  const write = () => {
    const state = store.get();
    const changed = names.filter((name) => !same(model.get(name), state[name]));
    writing = true; // the model tells of every field by itself
    for (const name of changed) model.set(name, state[name]);
    writing = false;
    if (changed.length) model.save_changes();
  };
  /** @type {[string, (content: any) => void][]} */
  const hears = [];
  const message = (/** @type {any} */ content) => hears.forEach(([kind, hear]) => content.kind === kind && hear(content));
  const root = document.createElement("section");
  el.append(root);
  const lab = mount(root, model.get("data"), store, {
    kernel: {
      ask: (command, more = {}, buffers = []) => model.send({ command, ...more }, undefined, buffers),
      listen: (hear) => void hears.push(["live", hear]),
      hears: (kind, hear) => void hears.push([kind, hear]),
      onCut: (hear) => model.on("comm_live_update", hear),
    },
    lesson: "",
    address: "",
  });

  // Another view of the lab, or Python, changes the traits. What follows from that goes back once all of it is here.
  const mirror = () => {
    if (writing) return;
    mirroring = true;
    const there = read();
    const changed = names.filter((name) => !same(there[name], store.get()[name]));
    lab.update(Object.fromEntries(changed.map((name) => [name, there[name]])));
    mirroring = false;
    queueMicrotask(write);
  };
  store.listen(() => mirroring || write());
  // Python draws what is kept, so this waits for a pause.
  let [waiting, cut] = [0, false];
  const { words } = lab;
  const keepLater = () => {
    clearTimeout(waiting);
    if (words && !cut) waiting = setTimeout(() => model.send({ command: "keep", lines: words() }), PAUSE);
  };
  store.listen(keepLater);
  model.on("comm_live_update", () => {
    cut = true;
    clearTimeout(waiting);
  });
  model.on("change", mirror);
  model.on("msg:custom", message);
  model.send({ command: "show" });
  return () => {
    clearTimeout(waiting);
    model.off("change", mirror);
    model.off("msg:custom", message);
  };
}
