// The freeze lab in a notebook: its state is the widget's traits, and the kernel trains.

import { makeStore, same } from "../../frontend/kit/store.js";
import { mountFreezeLab } from "./freeze_lab.js";
import { STATE } from "./freeze_model.js";

/** @param {{ model: any, el: HTMLElement }} view */
function render({ model, el }) {
  const read = () => /** @type {any} */ (Object.fromEntries(STATE.map((name) => [name, model.get(name)])));
  const store = makeStore(read());
  let [writing, mirroring] = [false, false];
  const write = () => {
    const state = store.get();
    const changed = STATE.filter((name) => !same(model.get(name), state[name]));
    writing = true; // the model tells of every field by itself
    for (const name of changed) model.set(name, state[name]);
    writing = false;
    if (changed.length) model.save_changes();
  };
  /** @type {((snapshot: any) => void)[]} */
  const hears = [];
  const message = (/** @type {any} */ content) => hears.forEach((hear) => content.kind === "live" && hear(content));
  const root = document.createElement("section");
  el.append(root);
  const lab = mountFreezeLab(root, model.get("data"), store, {
    trains: {
      ask: (command) => model.send({ command }),
      listen: (hear) => void hears.push(hear),
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
    const changed = STATE.filter((name) => !same(there[name], store.get()[name]));
    lab.update(Object.fromEntries(changed.map((name) => [name, there[name]])));
    mirroring = false;
    queueMicrotask(write);
  };
  store.listen(() => mirroring || write());
  model.on("change", mirror);
  model.on("msg:custom", message);
  model.send({ command: "show" });
  return () => {
    model.off("change", mirror);
    model.off("msg:custom", message);
  };
}

export default { render };
