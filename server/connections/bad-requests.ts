import type { ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { ConnectionLimits } from "./connection-limits.ts";

const MINUTE_MS = 60_000;

/** What no client that works would be answered with; a wrong password or name is not among them. */
const senseless: ReadonlySet<ErrorCode> = new Set([
  "invalid_message",
  "unknown_type",
  "validation_failed",
]);

/** Counts the messages of one connection that made no sense. */
export class BadRequests {
  readonly #limits: Pick<ConnectionLimits, "badRequestsBeforeSignIn" | "badRequestsPerMinute">;
  #count = 0;
  #windowStart = Number.NEGATIVE_INFINITY;

  constructor(limits: Pick<ConnectionLimits, "badRequestsBeforeSignIn" | "badRequestsPerMinute">) {
    this.#limits = limits;
  }

  /** Whether the connection has used up the patience there is for it. */
  isOneTooMany(code: ErrorCode, isSignedIn: boolean, now: number): boolean {
    if (!senseless.has(code)) return false;
    if (isSignedIn && now - this.#windowStart >= MINUTE_MS) {
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    const { badRequestsBeforeSignIn, badRequestsPerMinute } = this.#limits;
    return this.#count >= (isSignedIn ? badRequestsPerMinute : badRequestsBeforeSignIn);
  }
}
