/** How long to wait before the next try. */

export const FIRST_MS = 250;
export const LONGEST_MS = 15_000;

/** The pause before try number `failures` + 1: doubling, at most 15 s, with jitter so that tabs do not return at once. */
export function pauseMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
