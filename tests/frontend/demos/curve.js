// Curves for the demos: a share that approaches a limit, one step after the other.

/**
 * @param {{ from: number, to: number, by?: number, end?: number }} how `by` is the share of the way in one step
 * @returns {[number, number][]} step and share, every 10 steps
 */
export function curve({ from, to, by = 0.05, end = 100 }) {
  return Array.from({ length: end / 10 }, (_, number) => {
    const step = 10 * (number + 1);
    return [step, to + (from - to) * (1 - by) ** step];
  });
}
