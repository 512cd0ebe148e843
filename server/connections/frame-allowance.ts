import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConnectionLimits } from "./connection-limits.ts";

type Limits = Pick<
  ConnectionLimits,
  "framesBeforeSignIn" | "framesPerSecond" | "framesBurst" | "refusedFramesPerMinute"
>;

/** What is to become of a frame, whatever stands in it. */
export type FrameVerdict =
  | { readonly kind: "take" }
  /** Answered with this and not looked at further, or the end of the connection. */
  | { readonly kind: "refuse" | "end"; readonly error: ChatError };

const MINUTE_MS = 60_000;
const take: FrameVerdict = { kind: "take" };

/** How many frames one connection may send: a bucket that fills again, and for pings as for all else. */
export class FrameAllowance {
  readonly #limits: Limits;
  #beforeSignIn = 0;
  #tokens: number;
  #filledAt: number;
  #refused = 0;
  #minuteStart = Number.NEGATIVE_INFINITY;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#tokens = limits.framesBurst;
    this.#filledAt = now;
  }

  /** Judges one more frame. `now` is milliseconds on a clock that never jumps. */
  judge(isSignedIn: boolean, now: number): FrameVerdict {
    if (!isSignedIn) this.#beforeSignIn += 1;
    if (this.#beforeSignIn > this.#limits.framesBeforeSignIn) {
      return end("Too many messages before signing in.");
    }
    if (this.#limits.framesBurst === Number.POSITIVE_INFINITY) return take;
    this.#fill(now);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return take;
    }
    return this.#isFlood(now)
      ? end("Too many messages, and no pause when one was asked for.")
      : { kind: "refuse", error: tooFast((1 - this.#tokens) / this.#limits.framesPerSecond) };
  }

  #fill(now: number): void {
    const { framesPerSecond, framesBurst } = this.#limits;
    const earned = (Math.max(0, now - this.#filledAt) / 1000) * framesPerSecond;
    this.#tokens = Math.min(framesBurst, this.#tokens + earned);
    this.#filledAt = now;
  }

  #isFlood(now: number): boolean {
    if (now - this.#minuteStart >= MINUTE_MS) {
      this.#minuteStart = now;
      this.#refused = 0;
    }
    this.#refused += 1;
    return this.#refused > this.#limits.refusedFramesPerMinute;
  }
}

function end(message: string): FrameVerdict {
  return { kind: "end", error: new ChatError("rate_limited", { message }) };
}

function tooFast(seconds: number): ChatError {
  return new ChatError("rate_limited", { retryAfter: Math.max(1, Math.ceil(seconds)) });
}
