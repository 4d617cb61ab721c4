// The layer microscope on the page: the parts of the kit, put together around one state.

import { makeNumber } from "../../frontend/kit/choice.js";
import { drawFlag } from "../../frontend/kit/flag.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { heatCanvas, makeHeatKey } from "../../frontend/kit/heat_canvas.js";
import { fill } from "../../frontend/kit/numbers.js";
import { element, say } from "../../frontend/kit/page.js";
import { cutPicture, makePictureGrid, plainPicture } from "../../frontend/kit/picture_grid.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeOutline, makeUnitSurface } from "../../frontend/kit/unit_surface.js";
import { makeBlockChoice } from "./microscope_blocks.js";
import { fields, fitted, follows, LAST } from "./microscope_data.js";
import { makeDrawing } from "./microscope_drawing.js";
import { responseOf, responseWords, view } from "./microscope_model.js";
import { makeStock } from "./microscope_stock.js";

const LAB = "microscope";

/**
 * @param {HTMLElement} root
 * @param {import("./microscope_data.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./microscope_data.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountMicroscope(root, data, store, { kernel, lesson, address }) {
  const { words, seed: seeds, steps, sheet: most, favourites: patches, version } = data.table;
  const stock = makeStock(data, kernel && ((command, more) => kernel.ask(command, more)));
  /** @type {import("../../frontend/kit/notebook_host.js").Snapshot} */
  let snapshot = { phase: "idle", words: "", run: null };
  /** @type {number | null} the unit under the mouse or the keyboard */
  let pointed = null;

  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture } = frame;

  /** @param {Partial<import("./microscope_data.js").State>} change */
  const update = (change) => {
    const now = store.get();
    store.set({ ...follows(data, now, { ...now, ...change }), ...change });
  };
  const look = () => {
    const now = store.get();
    return view(data, now, { maps: stock.maps(now.picture, now.block), pointed });
  };

  const gallery = makePictureGrid(controls, { name: words.gallery, change: (value) => update({ picture: value }) });
  const block = makeBlockChoice(controls, { name: words.block, names: data.blocks.map(({ name }) => name), change: (name) => update({ block: name }) });
  const chooser = element("div", { class: "scope-channels" });
  controls.append(chooser);
  const channels = makePictureGrid(chooser, { name: words.channels, change: (value) => update({ channel: value }) });
  const pager = element("span", { class: "scope-pager-words" });
  /** @param {string} name @param {string} sign @param {number} by */
  const turn = (name, sign, by) => {
    const made = element("button", { type: "button", class: "kit-button kit-icon", "aria-label": name, title: name }, sign);
    made.addEventListener("click", () => {
      const { block: at, sheet } = look();
      update({ channel: at.channels[(sheet + by) * most] });
    });
    return made;
  };
  const [before, after] = [turn(words.before, "‹", -1), turn(words.after, "›", 1)];
  chooser.append(element("div", { class: "scope-pager" }, before, pager, after));

  const liked = element("div", { class: "scope-favourites", role: "img" });
  picture.append(element("div", { class: "scope-liked" }, element("span", { class: "kit-name" }, words.favourites), liked));
  const figures = element("div", { class: "scope-figures" });
  picture.append(figures);
  /** @param {string} name @param {string} kind */
  const figure = (name, kind) => {
    const made = element("div", { class: `scope-figure ${kind}` }, element("span", { class: "kit-name" }, name));
    figures.append(made);
    return made;
  };

  /** @param {number | null} unit */
  const point = (unit) => {
    if (unit === pointed) return;
    pointed = unit;
    showUnit();
  };
  const left = figure(words.shown, "scope-shown");
  const shown = makeUnitSurface(left, {
    name: words.guess,
    point,
    pick(unit) {
      pointed = null;
      if (unit !== store.get().guess) store.set({ guess: unit });
    },
  });
  const field = makeOutline(shown.box, "scope-field");
  const flag = element("div", { class: "scope-flag", "aria-hidden": "true", hidden: true }, drawFlag());
  const invitation = element("div", { class: "scope-invitation", "aria-hidden": "true" }, drawFlag(), words.invitation);
  shown.box.append(flag, invitation);
  const right = figure(words.answer, "scope-answer");
  const answer = makeUnitSurface(right, {
    name: words.read,
    point,
    pick: point,
  });
  const cell = makeOutline(answer.box, "scope-cell");
  const flagged = element("div", { class: "scope-flag", "aria-hidden": "true", hidden: true }, drawFlag());
  answer.box.append(flagged);
  const key = makeHeatKey(right);
  const read = element("p", { class: "scope-reading" });
  left.append(read);

  const reveal = element("button", { type: "button", class: "kit-button kit-primary" });
  reveal.addEventListener("click", () => {
    const { revealed } = store.get();
    if (!revealed) answer.face.classList.add("scope-revealing");
    store.set(revealed ? { revealed: false, guess: null } : { revealed: true });
  });
  answer.face.addEventListener("animationend", () => answer.face.classList.remove("scope-revealing"));
  right.append(reveal);

  const drawing = makeDrawing(figure(words.drawing, "scope-drawn"), {
    words,
    steps,
    ask: kernel && kernel.ask,
    lesson,
    show: (step) => store.set({ step }),
  });

  const seed = kernel ? makeNumber(frame.fold("More settings"), { name: "Seed of the drawing", ...seeds, change: (value) => update({ seed: value }) }) : null;
  const { code, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: () => ({ ...store.get(), network: data.network }),
    go({ network: _, ...state }) {
      drawing.stop();
      store.set(fitted(data, state));
    },
  });

  /** What follows the mouse: it must not wait for anything else. */
  const showUnit = () => {
    const now = store.get();
    const seen = look();
    field(seen.field);
    cell(seen.cell);
    say(read, seen.reading);
    shown.set({ size: seen.block.size, unit: now.guess, words: seen.guessWords, open: !now.revealed });
    answer.set({ size: seen.block.size, unit: seen.unit, words: seen.reading, open: seen.open });
  };

  /** What is drawn again only if it shows something else. @type {Record<string, string>} */
  const drawnKeys = {};
  /** @param {HTMLElement} at @param {string} name @param {string} key @param {() => (Node | string)[]} draw */
  const put = (at, name, key, draw) => {
    if (drawnKeys[name] === key) return;
    drawnKeys[name] = key;
    at.replaceChildren(...draw());
  };

  const show = () => {
    const now = store.get();
    const maps = stock.maps(now.picture, now.block);
    const seen = look();
    const sheet = stock.favourites(now.block, seen.sheet);
    const rows = seen.channels.length;
    gallery.set(
      data.pictures.map((address, value) => ({
        value,
        name: fill(words.picture, { number: value + 1 }),
        caption: "",
        key: String(value),
        draw: () => plainPicture(address),
      })),
      now.picture,
    );
    block.set(now.block);
    channels.set(
      seen.channels.map((channel, row) => ({
        value: channel,
        name: fill(words.channel, { channel }),
        caption: String(channel),
        ...tile(now, maps, sheet, channel, row, rows, seen),
      })),
      now.channel,
    );
    say(pager, seen.pager);
    before.disabled = seen.sheet === 0;
    after.disabled = seen.sheet >= seen.sheets - 1;
    put(liked, "liked", `${sheet ? seen.block.name : ""}/${now.channel}`, () =>
      sheet ? Array.from({ length: patches }, (_, column) => cutPicture(sheet, [rows, patches], [seen.index % most, column])) : [],
    );
    liked.setAttribute("aria-label", fill(words.favourites_alt, { count: patches, channel: now.channel, block: now.block }));
    put(shown.face, "shown", String(now.picture), () => [plainPicture(data.pictures[now.picture])]);
    const where = seen.flag && { left: `${100 * (seen.flag.left + seen.flag.width / 2)}%`, top: `${100 * (seen.flag.top + seen.flag.height / 2)}%` };
    for (const at of [flag, flagged]) {
      at.hidden = where === null || (at === flagged && !seen.open);
      Object.assign(at.style, where ?? {});
    }
    invitation.hidden = now.revealed || now.guess !== null;
    answer.box.classList.toggle("scope-hidden", !seen.open);
    put(answer.face, "answer", `${seen.open}/${now.revealed}/${now.picture}/${now.block}/${now.channel}`, () => [
      seen.open && seen.response
        ? heatCanvas({ ...seen.response, size: seen.block.size })
        : element("span", { class: "scope-wait" }, now.revealed ? words.waiting : words.hidden),
    ]);
    key.set(words.none, fill(words.most, { scale: responseWords(seen.block.scale) }));
    key.box.classList.toggle("scope-unseen", !seen.open);
    drawing.set(now, stock.frames(now.block, now.channel, now.seed), snapshot);
    reveal.textContent = now.revealed ? "Guess again" : "Reveal";
    reveal.classList.toggle("kit-primary", !now.revealed);
    frame.say(seen.result, seen.stateLine);
    seed?.set(now.seed);
    showUnit();
  };

  /**
   * A channel's face: what it likes best, or, once revealed, its response.
   * @param {import("./microscope_data.js").State} now
   * @param {import("./microscope_stock.js").Maps | null} maps
   * @param {string | null} sheet
   * @param {number} channel
   * @param {number} row
   * @param {number} rows
   * @param {ReturnType<typeof look>} seen
   */
  const tile = (now, maps, sheet, channel, row, rows, seen) => {
    if (now.revealed && maps) {
      return {
        key: `map/${now.picture}/${now.block}/${channel}`,
        draw: () => heatCanvas({ ...responseOf(seen.block, maps, channel), size: seen.block.size }),
      };
    }
    return {
      key: `liked/${now.block}/${channel}/${sheet !== null}`,
      draw: () => (sheet ? cutPicture(sheet, [rows, patches], [row, 0]) : element("span")),
    };
  };

  store.listen((now, old) => {
    if (now.block !== old.block) pointed = null; // its map may have another size
    show();
  });
  kernel?.listen((next) => {
    const { run } = next;
    if (run && run.step !== snapshot.run?.step) stock.takeFrame(run.setting, run.step, run.frame);
    const { block: name, channel, seed: number } = store.get();
    const mine = run && run.setting.block === name && run.setting.channel === channel && run.setting.seed === number;
    if (mine && next.phase === "running") store.set({ step: LAST });
    snapshot = next;
    show();
  });
  kernel?.hears("maps", (message) => {
    stock.takeMaps(message);
    show();
  });
  kernel?.hears("favourites", (message) => {
    stock.takeFavourites(message);
    show();
  });
  kernel?.onCut(() => {
    drawing.cut(words.gone);
    frame.warn(words.gone);
  });
  show();

  return { code, update, restore, warn: frame.warn, words: frame.words };
}
