// The sound microscope on the page: the parts of the kit, put together around one state.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { fill } from "../../frontend/kit/numbers.js";
import { element } from "../../frontend/kit/page.js";
import { makeReveal } from "../../frontend/kit/reveal.js";
import { linear } from "../../frontend/kit/scale.js";
import { shareState } from "../../frontend/kit/share.js";
import { makeSlider } from "../../frontend/kit/slider.js";
import { fields, follows, shades, view } from "./sound_model.js";
import { play } from "./sound_player.js";

const LAB = "sound-microscope";

/**
 * @param {HTMLElement} root
 * @param {import("./sound_model.js").Data} data
 * @param {import("../../frontend/kit/store.js").Store<import("./sound_model.js").State>} store
 * @param {import("../../frontend/kit/notebook_host.js").Host} host
 */
export function mountSoundMicroscope(root, data, store, { address }) {
  const { words, version, guesses, layers, frames, bands, rate } = data.table;
  const frame = makeFrame(root, { lab: LAB, question: words.question });
  const { controls, picture, actions } = frame;

  /** @param {Partial<import("./sound_model.js").State>} change */
  const update = (change) => {
    const before = store.get();
    store.set({ ...change, ...follows(before, { ...before, ...change }) });
  };

  const [vowel, voice] = /** @type {const} */ (["vowel", "voice"]).map((what) =>
    makeChoice(controls, {
      name: words[what],
      options: data[`${what}s`].map((name) => ({ value: name, text: name.replace(/^voice 0?/, "") })),
      change: (name) => update({ [what]: name }),
    }),
  );
  const layer = makeSlider(controls, {
    name: words.layer,
    stops: layers.map((/** @type {string} */ _, /** @type {number} */ number) => number),
    scale: linear(0, layers.length - 1),
    write: String,
    words: (value) => layers[value],
    input: (value) => update({ layer: value }),
    change: () => {},
  });
  layer.start(store.get().layer);
  const guess = makeChoice(controls, {
    name: words.guess,
    options: guesses.map((/** @type {string} */ what) => ({ value: what, text: words[`guess_${what}`] })),
    change: (what) => update({ guess: what }),
  });

  const shown = element("div", { class: "sound-picture", role: "img" }, element("div", { class: "sound-shades" }));
  const axes = element("p", { class: "sound-axes" }, words.axes);
  const playIt = playButton();
  const list = element("ol", { class: "sound-near", "aria-label": words.neighbours });
  const table = element("table", { class: "sound-table" });
  picture.append(shown, axes, playIt.button, list, table);

  const reveal = makeReveal(actions, {
    words: words,
    revealed: () => store.get().revealed,
    reveal: () => store.set({ revealed: true }),
    again: () => store.set({ guess: null, revealed: false }),
  });
  const { code: link, restore } = shareState(frame.fold("Share what you see"), {
    lab: LAB,
    version,
    fields: fields(data),
    address,
    state: store.get,
    go: store.set,
  });

  /** A button that plays a sound, which may change. */
  function playButton() {
    const button = element("button", { type: "button", class: "kit-button sound-play" }, words.play);
    /** @type {import("./sound_model.js").Sound | undefined} */
    let sound;
    button.addEventListener("click", () => sound && play(sound.wave, rate));
    return {
      button,
      /** @param {import("./sound_model.js").Sound} other */
      set(other) {
        sound = other;
        button.setAttribute("aria-label", fill(words.play_it, { vowel: other.vowel, voice: other.voice }));
      },
    };
  }

  /** The picture is a mask, so that its colour is the theme's. @param {string} characters */
  const drawPicture = (characters) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [frames, bands];
    const context = canvas.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(frames, bands);
    shades(characters).forEach((shade, at) => {
      const [column, band] = [Math.floor(at / bands), at % bands];
      pixels.data[4 * ((bands - 1 - band) * frames + column) + 3] = Math.round(255 * shade * shade);
    });
    context.putImageData(pixels, 0, 0);
    const mask = `url(${canvas.toDataURL()})`;
    const inked = /** @type {HTMLElement} */ (shown.firstElementChild);
    inked.style.setProperty("mask-image", mask);
    inked.style.setProperty("-webkit-mask-image", mask);
  };

  /** @param {NonNullable<ReturnType<typeof view>>} seen @param {number} current */
  const drawTable = (seen, current) => {
    const heading = (/** @type {string} */ text, /** @type {boolean} */ here) =>
      element("th", { scope: "col", ...(here ? { "aria-current": "true" } : {}) }, text);
    const row = (/** @type {string} */ name, /** @type {string[]} */ cells) =>
      element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text)));
    const span = (/** @type {string} */ text) =>
      element("tr", {}, element("th", { colspan: String(layers.length + 1), scope: "colgroup", class: "sound-group" }, text));
    const share = (/** @type {number | null} */ value) => (value === null ? "–" : `${Math.round(100 * value)} %`);
    table.replaceChildren(
      element("tr", {}, element("th", { scope: "col" }, words.in), ...layers.map((/** @type {string} */ name, /** @type {number} */ at) => heading(name, at === current))),
      span(fill(words.count, { sounds: data.sounds.length })),
      ...["vowel", "voice"].map((what) => row(words[`count_${what}`], seen.counts.map((/** @type {any} */ count) => String(count[what])))),
      span(words.probes),
      ...Object.entries(data.probes).map(([what, found]) => row(words[`probe_${what}`], found.map(share))),
    );
  };

  let drawn = "";
  const draw = () => {
    const now = store.get();
    const seen = view(data, now);
    if (!seen) {
      frame.warn(data.missing);
      return;
    }
    vowel.set(now.vowel);
    voice.set(now.voice);
    layer.set(now.layer);
    guess.set(now.guess ?? "");
    if (drawn !== seen.sound.picture) drawPicture(seen.sound.picture);
    drawn = seen.sound.picture;
    shown.setAttribute("aria-label", seen.alt);
    playIt.set(seen.sound);
    list.hidden = table.hidden = !now.revealed;
    list.replaceChildren(
      ...seen.neighbours.map(({ sound, cosine }) => {
        const { button, set } = playButton();
        set(sound);
        return element("li", {}, element("span", {}, fill(words.neighbour, { vowel: sound.vowel, voice: sound.voice, cosine: cosine.toFixed(2) })), button);
      }),
    );
    drawTable(seen, now.layer);
    reveal.draw(seen.canReveal);
    frame.say(seen.result, seen.stateLine);
  };
  store.listen(draw);
  draw();

  return { code: link, update, restore, warn: frame.warn, words: frame.words };
}
