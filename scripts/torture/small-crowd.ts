import type { ArenaOptions } from "./arena.ts";

/** Enough to have something in every table and on both transports, where the disk is what counts. */
export const smallCrowd = {
  devices: 6,
  rooms: 2,
  transports: ["tcp", "ws"],
  proxiedEach: 0,
  processes: 1,
} as const satisfies Partial<ArenaOptions>;
