import { ChatError } from "@lair-chat/protocol/errors.ts";

/** A server that says nothing sensible must neither be asked without pause nor silence us for a day. */
const SHORTEST_MS = 50;
const LONGEST_MS = 60_000;

/** How long to wait before the same thing is tried again: as the server says, within reason, else `otherwise`. */
export function retryAfterMs(error: unknown, otherwise: number): number {
  const seconds = error instanceof ChatError ? error.retryAfter : undefined;
  if (seconds === undefined || Number.isNaN(seconds)) return otherwise;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, seconds * 1000));
}
