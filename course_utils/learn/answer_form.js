// The form of a quick check: one card, which turns from open to right or wrong where it stands.

import { element, keepKeys, newId, say, svg } from "../frontend/kit/page.js";
import { choose, fieldsOf, heights, look, typeInto } from "./answer_model.js";

const PATIENCE = 400; // milliseconds until the card says that it waits

/**
 * @param {HTMLElement} root
 * @param {{ question: import("./answer_model.js").Question & Record<string, any>, words: Record<string, string> }} data
 * @param {import("../frontend/kit/store.js").Store<{ answer: string, verdict: any }>} store
 * @param {import("../frontend/kit/notebook_host.js").Host} host
 */
export function mountAnswerForm(root, { question, words }, store, { kernel }) {
  root.classList.add("course-lab", "course-check");
  keepKeys(root);
  root.setAttribute("aria-label", question.name);
  const form = element("form", { novalidate: true });
  const heading = element("h3", { class: "check-name" }, question.name);
  const legend = element("div", { class: "check-text", id: newId() });
  legend.innerHTML = question.html;
  const fields = element("fieldset", { "aria-labelledby": legend.id });
  const said = element("div", { class: "check-said", role: "status" });
  const press = element("button", { type: "submit", class: "kit-button kit-primary" }, words.check);
  const hint = element("p", { class: "kit-hint" });
  hint.innerHTML = question.hint;
  form.append(heading, legend, fields, said, element("div", { class: "kit-row" }, press, hint));
  root.append(form);

  /** @param {string} answer */
  const change = (answer) => store.set({ answer });
  const parts = MAKERS[question.kind](fields, question, () => store.get().answer, change, words);

  let waiting = 0;
  let gone = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { answer } = store.get();
    if (gone || !kernel) return;
    if (answer.trim() === "") {
      tell({ word: words.first, tone: "open" });
      return;
    }
    kernel.ask("check", { answer });
    clearTimeout(waiting);
    waiting = setTimeout(() => tell({ word: words.waiting, tone: "open" }), PATIENCE);
  });

  /** @param {{ word: string, tone: string, sign?: string, why?: string, score?: string }} verdict */
  const tell = ({ word, tone, sign = "", why = "", score = "" }) => {
    const reason = element("span");
    reason.innerHTML = why;
    const lead = element("strong", {}, `${word} `);
    if (sign) lead.prepend(element("span", { "aria-hidden": "true", class: "check-sign" }, sign));
    const line = element("p", {}, lead, reason);
    const last = element("p", { class: "kit-hint" });
    last.innerHTML = score;
    said.dataset.tone = tone;
    said.replaceChildren(line, ...(score ? [last] : []));
  };

  let attempt = 0;
  const show = () => {
    const { answer, verdict } = store.get();
    const { tone, past, rows } = look(question, answer, verdict);
    root.dataset.tone = tone;
    parts(answer, rows);
    said.classList.toggle("check-past", past);
    if (verdict.attempt && verdict.attempt !== attempt) {
      attempt = verdict.attempt;
      clearTimeout(waiting);
      tell(verdict);
    }
  };
  store.listen(show);
  kernel?.onCut(() => {
    gone = true;
    clearTimeout(waiting);
    press.disabled = true;
    tell({ word: words.gone, tone: "open" });
  });
  show();
  return { update: store.set };
}

/**
 * @typedef {(answer: string, rows: readonly { letter: string, chosen: boolean, place: number, tone: string }[]) => void} Show
 * @typedef {(at: HTMLElement, question: any, answer: () => string, change: (answer: string) => void, words: Record<string, string>) => Show} Maker
 */

/** @type {Maker} */
function makeChoices(at, question, answer, change, words) {
  const { kind, choices } = question;
  const group = newId();
  const made = choices.map((/** @type {{ letter: string, html: string }} */ { letter, html }) => {
    const input = element("input", { type: kind === "single" ? "radio" : "checkbox", name: group, value: letter });
    input.addEventListener("change", () => change(choose(question, answer(), letter, input.checked)));
    const text = element("span", { class: "check-choice-text" });
    text.innerHTML = html;
    const mark = element("span", { class: "check-mark" });
    const label = element("label", { class: "check-choice" }, input, element("b", {}, `${letter})`), text, mark);
    at.append(label);
    return { input, label, mark };
  });
  const inputs = made.map((/** @type {{ input: HTMLInputElement }} */ { input }) => input);
  if (kind !== "single") at.addEventListener("keydown", (event) => step(event, inputs));
  return (_, rows) =>
    rows.forEach(({ chosen, place, tone }, number) => {
      const { input, label, mark } = made[number];
      input.checked = chosen;
      label.dataset.tone = tone;
      if (kind === "order") say(mark, place ? words.place.replace("{place}", String(place)) : "");
      else say(mark, { good: "✓", bad: "✗" }[tone] ?? "");
    });
}

/** Move by arrow key, as between radio buttons. @param {KeyboardEvent} event @param {HTMLInputElement[]} inputs */
function step(event, inputs) {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const now = inputs.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
  if (by === undefined || now < 0) return;
  event.preventDefault();
  inputs[(now + by + inputs.length) % inputs.length].focus();
}

/** @param {string} name @param {string} unit */
function makeField(name, unit) {
  const input = element("input", { type: "text", inputmode: "decimal", class: "kit-typed", autocomplete: "off", spellcheck: "false" });
  const label = element("label", { class: "check-field" }, element("span", { class: "kit-name" }, name), input, element("span", {}, unit));
  return { input, label };
}

/** @type {Maker} */
function makeNumber(at, { unit }, _, change, words) {
  const { input, label } = makeField(words.number, unit);
  input.addEventListener("input", () => change(input.value));
  at.append(label);
  return (answer) => {
    if (input.value !== answer) input.value = answer;
  };
}

/** @type {Maker} */
function makeCurve(at, question, answer, change) {
  const count = question.positions.length;
  const drawing = svg("svg", { class: "check-curve", "aria-hidden": "true" });
  const inputs = question.positions.map((/** @type {string} */ position, /** @type {number} */ place) => {
    const { input, label } = makeField(position, "%");
    input.addEventListener("input", () => change(typeInto(question, answer(), place, input.value)));
    at.append(label);
    return input;
  });
  at.classList.add("check-fields");
  at.style.setProperty("--count", String(count));
  at.append(drawing);
  return (now) => {
    const texts = fieldsOf(question, now);
    inputs.forEach((/** @type {HTMLInputElement} */ input, /** @type {number} */ place) => {
      if (input.value !== texts[place]) input.value = texts[place];
    });
    const points = heights(texts).flatMap((height, place) =>
      height === null ? [] : [{ x: `${(100 * (place + 0.5)) / count}%`, y: `${92 - 84 * height}%` }],
    );
    drawing.classList.toggle("check-no-curve", points.length < 2);
    drawing.replaceChildren(
      ...["8%", "50%", "92%"].map((y) => svg("line", { class: "kit-grid", x1: 0, x2: "100%", y1: y, y2: y })),
      ...points.slice(1).map(({ x, y }, before) => svg("line", { x1: points[before].x, y1: points[before].y, x2: x, y2: y })),
      ...points.map(({ x, y }) => svg("circle", { cx: x, cy: y, r: 4 })),
    );
  };
}

/** @type {Record<string, Maker>} */
const MAKERS = { single: makeChoices, multiple: makeChoices, order: makeChoices, number: makeNumber, curve: makeCurve };
