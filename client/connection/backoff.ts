const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next try, after so many in vain. Anything up to the bound is as likely,
 * so that the clients of a server that comes back do not all knock at once.
 */
export function backoffMs(failures: number, random: () => number): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures));
  return Math.round(random() * bound);
}
