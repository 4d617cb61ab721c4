// The answer to a quick check as a text, as the cell takes it too, and what the card shows of it. Pure.

/**
 * @typedef {object} Question
 * @property {"single" | "multiple" | "number" | "order" | "curve"} kind
 * @property {readonly { letter: string, html: string }[]} choices
 * @property {readonly string[]} positions of a curve
 *
 * @typedef {object} Verdict what the check said; without an answer: nothing yet
 * @property {string} [answer] that it was about
 * @property {string} [tone] good, bad or open
 * @property {number} [attempt]
 */

const BETWEEN = ";"; // between the numbers of a curve

/**
 * The answer after a choice is taken or left.
 * @param {Question} question
 * @param {string} answer
 * @param {string} letter
 * @param {boolean} on
 */
export function choose({ kind, choices }, answer, letter, on) {
  if (kind === "single") return on ? letter : "";
  const others = [...answer].filter((other) => other !== letter);
  const chosen = on ? [...others, letter] : others;
  const inOrder = kind === "order" ? chosen : choices.map((choice) => choice.letter).filter((one) => chosen.includes(one));
  return inOrder.join("");
}

/** The place of a choice in an order, from 1; 0 if it has none. @param {string} answer @param {string} letter */
export function placeOf(answer, letter) {
  return answer.indexOf(letter) + 1;
}

/** The texts of a curve's fields. @param {Question} question @param {string} answer */
export function fieldsOf({ positions }, answer) {
  const texts = answer.split(BETWEEN);
  return positions.map((_, place) => texts[place] ?? "");
}

/**
 * The answer after something is typed into one of a curve's fields.
 * @param {Question} question
 * @param {string} answer
 * @param {number} place
 * @param {string} text
 */
export function typeInto(question, answer, place, text) {
  const texts = fieldsOf(question, answer);
  texts[place] = text.replaceAll(BETWEEN, "");
  return texts.some((one) => one.trim()) ? texts.join(BETWEEN) : "";
}

/**
 * The heights of a curve, 0..1, as far as they can be drawn: null where a field holds no number from 0 to 100.
 * @param {readonly string[]} texts
 */
export function heights(texts) {
  return texts.map((text) => {
    const number = Number(text.trim().replace(/\s*%$/, "").replace(",", ".") || NaN);
    return number >= 0 && number <= 100 ? number / 100 : null;
  });
}

/**
 * How the card looks: its tone, and the sign of each choice that the verdict was about.
 * @param {Question} question
 * @param {string} answer
 * @param {Verdict} verdict
 */
export function look({ kind, choices }, answer, verdict) {
  const current = verdict.answer !== undefined && verdict.answer === answer;
  const tone = current ? verdict.tone ?? "open" : "open";
  // Of several choices, the verdict says only as a whole that they are not yet right.
  const marks = current && (kind === "single" || (kind === "multiple" && tone === "good"));
  return {
    tone,
    past: verdict.answer !== undefined && !current,
    rows: choices.map(({ letter }) => {
      const chosen = answer.includes(letter);
      return { letter, chosen, place: placeOf(answer, letter), tone: marks && chosen ? tone : "" };
    }),
  };
}
