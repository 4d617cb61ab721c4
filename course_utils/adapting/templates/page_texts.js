// What the model takes of a text: token ids by WordPiece (Schuster and Nakajima 2012), with the vocabulary in the folder.
export const problem = "can't be read: write some words.";

let ids;

export async function prepared(text, length) {
  ids ??= vocabulary(await (await fetch("vocabulary.txt")).text());
  return { type: "int32", values: Int32Array.from(tokens(text, ids, length)), shape: [1, length] };
}

export function vocabulary(text) {
  return new Map(text.split("\n").map((piece, at) => [piece, at]));
}

// A start, the text's pieces, an end, and padding.
export function tokens(text, pieces, length) {
  const found = words(text).flatMap((word) => cut(word, pieces)).slice(0, length - 2);
  const row = ["[CLS]", ...found, "[SEP]"];
  return Array.from({ length }, (_, at) => pieces.get(row[at] ?? "[PAD]"));
}

function words(text) {
  const cleaned = [...text].map(clean).join("").normalize("NFD");
  const plain = [...cleaned].filter((c) => !/\p{Mn}/u.test(c)).map((c) => apart(c.toLowerCase()));
  return plain.join("").split(/\s+/u).filter(Boolean);
}

// Spaces stay, Chinese characters stand apart, and control characters go.
function clean(c) {
  if (/[\t\n\r]/u.test(c) || /[\p{Zs}\u2028\u2029]/u.test(c)) return " ";
  if (c === "\0" || c === "\ufffd" || /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(c)) return "";
  const code = c.codePointAt(0);
  const chinese = [[0x4e00, 0x9fff], [0x3400, 0x4dbf], [0x20000, 0x2a6df], [0x2a700, 0x2ceaf], [0xf900, 0xfaff], [0x2f800, 0x2fa1f]];
  return chinese.some(([low, high]) => low <= code && code <= high) ? ` ${c} ` : c;
}

// Punctuation marks are words of their own.
function apart(c) {
  return /[!-/:-@[-`{-~]/u.test(c) || /\p{P}/u.test(c) ? ` ${c} ` : c;
}

// The longest pieces that the vocabulary knows, from left to right; a word that it can't make is unknown as a whole.
function cut(word, pieces) {
  const letters = [...word];
  if (letters.length > 100) return ["[UNK]"];
  const found = [];
  for (let start = 0; start < letters.length; ) {
    let end = letters.length;
    const piece = () => (start ? "##" : "") + letters.slice(start, end).join("");
    while (end > start && !pieces.has(piece())) end -= 1;
    if (end === start) return ["[UNK]"];
    found.push(piece());
    start = end;
  }
  return found;
}
