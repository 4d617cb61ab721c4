// Which blocks are locked, and how deep that freezes the network. Pure.

/** How many blocks are locked without a gap, counted from the input. @param {readonly boolean[]} locked */
export function depth(locked) {
  const first = locked.indexOf(false);
  return first < 0 ? locked.length : first;
}

/** Lock the first blocks and no other. @param {number} blocks @param {number} frozen */
export function lockedTo(blocks, frozen) {
  return Array.from({ length: blocks }, (_, number) => number < frozen);
}

/** Whether the handle alone describes it: no locked block comes after one that learns. @param {readonly boolean[]} locked */
export function isPrefix(locked) {
  return !locked.slice(depth(locked)).includes(true);
}

/** Turn one lock. @param {readonly boolean[]} locked @param {number} block */
export function toggled(locked, block) {
  return locked.map((is, number) => (number === block ? !is : is));
}

const LISTED = 3; // neighbours that are named one by one; of more, the first and the last are

/**
 * Which blocks learn, in words.
 * @param {readonly boolean[]} locked
 * @param {readonly string[]} names
 */
export function learningWords(locked, names) {
  const learning = names.filter((_, number) => !locked[number]);
  if (learning.length === 0) return "no block learns, only the head";
  if (learning.length === names.length) return "all blocks learn";
  if (learning.length === 1) return `${learning[0]} learns`;
  const said = neighbours(locked).flatMap(([first, last]) =>
    last - first < LISTED ? names.slice(first, last + 1) : [`${names[first]} to ${names[last]}`],
  );
  return `${[said.slice(0, -1).join(", "), said.at(-1)].filter(Boolean).join(" and ")} learn`;
}

/** The first and the last of the blocks that learn without a gap. @param {readonly boolean[]} locked */
function neighbours(locked) {
  /** @type {[number, number][]} */
  const found = [];
  locked.forEach((is, number) => {
    if (is) return;
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  });
  return found;
}
