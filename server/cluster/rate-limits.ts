import type { RateClass } from "@lair-chat/protocol/define.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";

/** Whose bucket a call is taken from: a signed-in user's own, else the address's. */
export interface RateSubject {
  readonly address: string;
  readonly session: { readonly userId: UserId } | undefined;
}

/** How a caller stands. */
export interface RateStanding {
  /** Calls that may come at once. */
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until all of them may come at once again. */
  readonly resetSeconds: number;
}

/** How much a caller may still do. One implementation counts in memory; another will share counts. */
export interface RateLimits {
  /** Takes one token. @throws ChatError `rate_limited` with the seconds to wait */
  take(rate: RateClass, subject: RateSubject): void;
  /** Takes nothing; undefined where there is no limit. */
  standing(rate: RateClass, subject: RateSubject): RateStanding | undefined;
}
