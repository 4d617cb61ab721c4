// A lab's state as a short text for a link: readable, with the version of its format and a checksum. Pure.
//
//   freeze-lab.2?locked=1100&learning_rate=0.001&guess=80&check=1k9x3a7

/**
 * @typedef {object} Field
 * @property {(value: any) => string} write
 * @property {(text: string) => unknown} read undefined if the text is not one of the field's values
 */

/** A number out of a list, or within bounds. @param {(value: number) => boolean} allowed @returns {Field} */
export function numberField(allowed) {
  return {
    write: String,
    read: (text) => (/^-?[\d.]+(e-?\d+)?$/.test(text) && allowed(Number(text)) ? Number(text) : undefined),
  };
}

/** One name out of a list. @param {readonly string[]} names @returns {Field} */
export function nameField(names) {
  return { write: String, read: (text) => (names.includes(text) ? text : undefined) };
}

/** Yes or no. @returns {Field} */
export function flagField() {
  return { write: (flag) => (flag ? "1" : "0"), read: (text) => (/^[01]$/.test(text) ? text === "1" : undefined) };
}

/** So many yeses or noes. @param {number} length @returns {Field} */
export function flagsField(length) {
  return {
    write: (flags) => flags.map(Number).join(""),
    read: (text) => (new RegExp(`^[01]{${length}}$`).test(text) ? [...text].map((flag) => flag === "1") : undefined),
  };
}

/** Another field's values, or nothing. @param {Field} field @returns {Field} */
export function optional(field) {
  return {
    write: (value) => (value === null ? "" : field.write(value)),
    read: (text) => (text === "" ? null : field.read(text)),
  };
}

/**
 * @param {string} lab its name
 * @param {number} version of the format
 * @param {Record<string, Field>} fields in order
 * @param {Record<string, any>} state
 */
export function encode(lab, version, fields, state) {
  const pairs = Object.entries(fields).map(([name, field]) => `${name}=${field.write(state[name])}`);
  const body = `${lab}.${version}?${pairs.join("&")}`;
  return `${body}&check=${checksum(body)}`;
}

/**
 * The state in a text, or in a link that ends with it; otherwise a sentence that says why there is none.
 * @param {string} lab
 * @param {number} version
 * @param {Record<string, Field>} fields
 * @param {string} text
 * @returns {{ state: Record<string, any> } | { problem: string }}
 */
export function decode(lab, version, fields, text) {
  const whole = text.trim().split("#").at(-1) ?? "";
  if (whole === "") return { problem: "There is no state to restore: paste a link or a state first." };
  const [, other, number, rest, check] = whole.match(/^([a-z-]+)\.(\d{1,4})\?(.*)&check=([0-9a-z]+)$/) ?? [];
  if (other === undefined || whole.length > 500 || check !== checksum(whole.slice(0, -`&check=${check}`.length))) {
    return { problem: "This link is damaged: characters are missing or changed. Copy all of it again." };
  }
  if (other !== lab) return { problem: `This link belongs to the lab "${other}"; this lab is "${lab}". Open it there.` };
  if (Number(number) !== version) {
    return {
      problem: `This link was made by version ${number} of the lab, and this is version ${version}. Set the controls by hand.`,
    };
  }
  const given = new Map(rest.split("&").map((pair) => /** @type {[string, string]} */ (pair.split("="))));
  const state = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.read(given.get(name) ?? "?")]));
  const wrong = Object.keys(state).find((name) => state[name] === undefined);
  return wrong ? { problem: `This lab has no ${wrong.replace("_", " ")} "${given.get(wrong)}". Set the controls by hand.` } : { state };
}

/** FNV-1a in 32 bits: a changed or missing character changes it. @param {string} text */
function checksum(text) {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}
