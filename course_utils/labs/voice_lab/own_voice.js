// One's own voice on the page: record rounds of words, teach them, and try new ones.

import { makeChoice } from "../../frontend/kit/choice.js";
import { makeFrame } from "../../frontend/kit/frame.js";
import { fill, percent } from "../../frontend/kit/numbers.js";
import { element, say, svg } from "../../frontend/kit/page.js";
import { play } from "../sound_lab/sound_player.js";
import { mayRecord, openMicrophone } from "./microphone.js";
import { advice, enough, guessed, leadsOn, outline, tallies } from "./own_voice_view.js";

const LARGEST = 10_000_000; // bytes of a file
const SHOWN = 3; // guesses of a method
const LOUD = 0.5; // the sample that reaches the edge of the meter
const SPARE = 4096; // samples that may come after the wanted ones

/**
 * @param {HTMLElement} root
 * @param {{ folder: string, rate: number, table: any }} data the rate is that of the takes as the page gets them, a second
 * @param {unknown} _ the lab has no state that a link could share
 * @param {{ kernel: any }} host always a notebook: without Python nothing is kept or learned
 */
export function mountOwnVoice(root, data, _, { kernel }) {
  const { words, seconds } = data.table;
  /** @type {import("./own_voice_view.js").Word[]} */
  let takes = [];
  /** @type {import("./own_voice_view.js").Taught | null} */
  let taught = null;
  /** @type {import("./own_voice_view.js").Told | null} */
  let told = null;
  /** @type {import("./own_voice_view.js").Trial[]} */
  let trials = [];
  let [stale, busy, cut] = [false, false, false];
  /** @type {"me" | "other"} */
  let who = "me";
  /** @type {import("./microphone.js").Microphone | null} */
  let microphone = null;
  /** What is recorded right now: a word, or nothing in particular. @type {string | null} */
  let prompt = null;
  let stopped = false;
  let heardTakes = () => {};

  const frame = makeFrame(root, { lab: "own-voice", question: words.question });
  const { top, controls, picture } = frame;
  top.append(element("p", { class: "kit-hint" }, fill(words.stays, { folder: data.folder })));

  /** @param {HTMLElement} at @param {string} text @param {() => void} press */
  const button = (at, text, press) => {
    const made = element("button", { type: "button", class: "kit-button" }, text);
    made.addEventListener("click", press);
    at.append(made);
    return made;
  };
  const round = button(controls, words.round, () => (microphone ? stop() : void recordWords(takes.map(({ word }) => word))));
  const teach = button(controls, words.teach, () => {
    busy = true;
    draw();
    kernel.ask("teach");
  });
  const speaker = makeChoice(controls, {
    name: words.speaker,
    options: [
      { value: "me", text: words.me },
      { value: "other", text: words.other },
    ],
    change: (value) => (who = /** @type {"me" | "other"} */ (value)),
  });
  speaker.set(who);
  const listen = button(controls, words.say, () => void recordAnything());

  const shown = element("p", { class: "voice-word" });
  const line = svg("polygon", { class: "voice-line" });
  const meter = svg("svg", { class: "voice-meter", viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" });
  meter.append(line);
  const stage = element("div", { class: "voice-stage" }, shown, meter);
  const bars = element("div", { class: "voice-bars" });
  const table = element("table", { class: "voice-table" });
  picture.append(stage, bars, table);
  // The table is drawn anew with every take: the keyboard goes back to where it was, unless it went elsewhere.
  /** @type {string | null} */
  let focused = null;
  table.addEventListener("focusin", ({ target }) => (focused = /** @type {HTMLElement} */ (target).getAttribute("aria-label")));
  table.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget) focused = null;
  });

  /** Open the microphone, do something with it, and close it; says why if there is none. @param {(there: import("./microphone.js").Microphone) => Promise<void>} act */
  async function withMicrophone(act) {
    if (microphone || busy) return;
    if (!mayRecord()) return frame.warn(words.insecure);
    frame.warn("");
    told = null;
    stopped = false;
    busy = true; // while the browser asks for the microphone
    draw();
    try {
      microphone = await openMicrophone();
      busy = false;
      await act(microphone);
    } catch (problem) {
      frame.warn(fill(words.no_microphone, { reason: /** @type {Error} */ (problem).name }));
    } finally {
      busy = false;
      microphone?.close();
      microphone = null;
      prompt = null;
      draw();
    }
  }

  /** @param {string} text @param {import("./microphone.js").Microphone} there */
  async function recordOne(text, there) {
    prompt = text;
    draw();
    const soFar = new Float32Array(seconds * there.rate + SPARE);
    let count = 0;
    const samples = await there.record(seconds, (piece) => {
      soFar.set(piece.subarray(0, soFar.length - count), count);
      count += piece.length;
      line.setAttribute("points", outline(soFar, LOUD));
    });
    return samples;
  }

  /** @param {string[]} list */
  const recordWords = (list) =>
    withMicrophone(async (there) => {
      for (const word of list) {
        const samples = await recordOne(word, there);
        if (stopped || cut) return;
        // The next word waits for the kernel's answer: a take that is silent stops the round.
        const answered = new Promise((done) => (heardTakes = () => done(undefined)));
        kernel.ask("take", { word, rate: there.rate }, [samples.buffer]);
        await answered;
        if (stopped) return;
      }
    });

  const recordAnything = () =>
    withMicrophone(async (there) => {
      const samples = await recordOne("", there);
      if (!stopped && !cut) kernel.ask("listen", { rate: there.rate }, [samples.buffer]);
    });

  function stop() {
    stopped = true;
    microphone?.close();
    heardTakes();
  }

  /** @param {string} word @param {FileList | null} files */
  async function addFiles(word, files) {
    frame.warn("");
    for (const file of files ?? []) {
      if (file.size > LARGEST) frame.warn(fill(words.large, { name: file.name }));
      else kernel.ask("file", { word, name: file.name }, [await file.arrayBuffer()]);
    }
  }

  /** @param {string} word */
  const was = (word) => {
    if (told) trials = [...trials, { who, word, told }];
    told = null;
    draw();
    if (trials.length) frame.say(fill(words.counted, { word, tallies: tallies(words, trials).join("; ") }), stateLine());
  };

  const stateLine = () => tallies(words, trials).join(" · ");

  function drawTable() {
    table.replaceChildren(
      element("caption", { class: "kit-name" }, words.table),
      ...takes.map(({ word, takes: own }) => {
        const list = element("ul", { class: "voice-takes" });
        own.forEach(({ name, wave }, place) => {
          const number = place + 1;
          const picture = svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" });
          const samples = Int8Array.from(atob(wave), (character) => character.charCodeAt(0));
          picture.append(svg("polygon", { class: "voice-line", points: outline(samples, 127) }));
          const listenTo = element("button", { type: "button", class: "voice-take", "aria-label": fill(words.play, { word, number }) });
          listenTo.append(picture);
          listenTo.disabled = wave === "";
          listenTo.addEventListener("click", () => play(wave, data.rate));
          const remove = element("button", { type: "button", class: "voice-remove", "aria-label": fill(words.remove, { word, number }) }, "×");
          remove.addEventListener("click", () => kernel.ask("remove", { word, name }));
          list.append(element("li", {}, listenTo, remove));
        });
        if (own.length === 0) list.append(element("li", { class: "kit-hint" }, words.empty));
        const record = element("button", { type: "button", class: "kit-button kit-icon voice-record", "aria-label": fill(words.record_word, { word }) }, "●");
        record.disabled = cut || busy || microphone !== null;
        record.addEventListener("click", () => void recordWords([word]));
        const field = element("input", { type: "file", multiple: true, accept: "audio/*", class: "voice-file", "aria-label": fill(words.add_files, { word }) });
        field.disabled = cut;
        field.addEventListener("change", () => void addFiles(word, field.files));
        return element(
          "tr",
          prompt === word ? { class: "voice-now" } : {},
          element("th", { scope: "row" }, word),
          element("td", {}, list),
          element("td", { class: "voice-add" }, record, element("label", { class: "kit-button kit-icon" }, element("span", { "aria-hidden": "true" }, "+"), field)),
        );
      }),
    );
    if (document.activeElement !== document.body) return;
    const again = [...table.querySelectorAll("[aria-label]")].find((control) => control.getAttribute("aria-label") === focused);
    /** @type {HTMLElement | undefined} */ (again)?.focus({ preventScroll: true });
  }

  function drawBars() {
    bars.hidden = told === null;
    if (!told) return;
    const methods = Object.entries(told).map(([method, guesses]) =>
      element(
        "table",
        { class: "voice-guesses" },
        element("caption", {}, method),
        ...guesses.slice(0, SHOWN).map(([word, share]) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, word),
            element("td", {}, element("span", { class: "voice-bar", style: `--share: ${share}` }), percent(share)),
          ),
        ),
      ),
    );
    const choices = element("div", { class: "kit-row", role: "group", "aria-label": words.which });
    for (const { word } of takes) button(choices, word, () => was(word));
    button(choices, words.none_of_these, () => was(words.none_of_these));
    bars.replaceChildren(element("div", { class: "voice-methods" }, ...methods), choices);
  }

  function draw() {
    const recording = microphone !== null;
    stage.classList.toggle("voice-recording", recording);
    stage.hidden = told !== null;
    say(shown, recording ? prompt || words.anything : words.idle);
    const main = { round, teach, listen }[recording ? "round" : leadsOn(takes, taught, stale)];
    for (const one of [round, teach, listen]) one.classList.toggle("kit-primary", one === main);
    round.textContent = recording ? words.stop : words.round;
    round.disabled = cut || busy || takes.length === 0;
    teach.textContent = busy && !recording ? words.teaching : words.teach;
    teach.disabled = cut || busy || recording || !enough(takes);
    listen.disabled = cut || busy || recording || !taught;
    drawTable();
    drawBars();
    const next = told ? guessed(words, told) : advice(words, takes, taught, stale);
    frame.say(recording ? (prompt === "" ? words.now : words.next) : next, stateLine());
  }

  kernel.hears("takes", (/** @type {{ words: import("./own_voice_view.js").Word[] }} */ message) => {
    stale = taught !== null && (stale || takes.length > 0);
    takes = message.words;
    draw();
    heardTakes();
  });
  kernel.hears("taught", (/** @type {import("./own_voice_view.js").Taught} */ message) => {
    [taught, stale, busy, trials] = [message, false, false, []];
    draw();
  });
  kernel.hears("heard", (/** @type {{ told: import("./own_voice_view.js").Told }} */ message) => {
    told = message.told;
    draw();
    bars.querySelector("button")?.focus();
  });
  kernel.hears("problem", (/** @type {{ words: string, kept: boolean }} */ message) => {
    busy = false;
    stopped ||= !message.kept; // a round ends at a take that is refused
    draw();
    frame.warn(message.words);
    heardTakes();
  });
  kernel.onCut(() => {
    cut = true;
    stop();
    draw();
    frame.warn(words.gone);
  });
  draw();

  return { update: () => {}, words: frame.words };
}
