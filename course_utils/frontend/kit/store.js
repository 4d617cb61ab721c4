// One state, and everyone who wants to know when it changes. Pure.

/**
 * @template {object} S
 * @typedef {object} Store
 * @property {() => S} get the state; never changed in place
 * @property {(change: Partial<S>) => void} set change some fields; nothing happens if they are the same already
 * @property {(listener: (state: S, before: S) => void) => void} listen call it after every change
 */

/**
 * @template {object} S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function makeStore(initial) {
  let state = initial;
  /** @type {((state: S, before: S) => void)[]} */
  const listeners = [];
  return {
    get: () => state,
    set(change) {
      const before = state;
      const names = /** @type {(keyof S)[]} */ (Object.keys(change));
      if (names.every((name) => same(before[name], change[name]))) return;
      state = { ...before, ...change };
      for (const listener of listeners) listener(state, before);
    },
    listen: (listener) => void listeners.push(listener),
  };
}

/**
 * Whether two fields are the same: numbers, texts, null, or lists of them.
 * @param {unknown} one
 * @param {unknown} other
 * @returns {boolean}
 */
export function same(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, number) => Object.is(value, other[number]));
  }
  return Object.is(one, other);
}
