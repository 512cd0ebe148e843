import type { RateClass } from "@lair-chat/protocol/define.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { addressKey } from "../security/address-key.ts";
import type { RateLimits, RateStanding, RateSubject } from "./rate-limits.ts";
import { type Rate, TokenBuckets } from "./token-buckets.ts";

export interface Rates {
  /** Per address, as are the next two. */
  readonly register: Rate;
  readonly login: Rate;
  readonly refresh: Rate;
  /** Per address, where nobody is signed in. */
  readonly api: Rate;
  /** Per user, as are messages. */
  readonly apiUser: Rate;
  readonly messages: Rate;
}

export interface LocalRateLimitsDeps {
  readonly rates: Rates;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  /** Callers remembered per limit. */
  readonly capacity?: number;
}

const CAPACITY = 100_000;
/** Far more than a person types: what goes out is thinned elsewhere, this only stops a flood. */
const typingRate: Rate = { perSecond: 10, burst: 50 };

interface Place {
  readonly buckets: TokenBuckets | undefined;
  readonly key: string;
}

/** Counts in this process's memory. */
export function createLocalRateLimits(deps: LocalRateLimitsDeps): RateLimits {
  const { monotonic } = deps;
  const places = placesOf(deps);
  return {
    take(rate, subject) {
      const { buckets, key } = places[rate](subject);
      const waitMs = buckets?.take(key, monotonic()) ?? 0;
      if (waitMs > 0) throw tooMany(waitMs);
    },
    standing(rate, subject): RateStanding | undefined {
      const { buckets, key } = places[rate](subject);
      return buckets?.standing(key, monotonic());
    },
  };
}

/** Where each class of calls is counted. */
function placesOf({ rates, capacity = CAPACITY }: LocalRateLimitsDeps) {
  const bucketsOf = (rate: Rate) => (rate === "off" ? undefined : new TokenBuckets(rate, capacity));
  const register = bucketsOf(rates.register);
  const login = bucketsOf(rates.login);
  const refresh = bucketsOf(rates.refresh);
  const api = bucketsOf(rates.api);
  const apiUser = bucketsOf(rates.apiUser);
  const messages = bucketsOf(rates.messages);
  const typing = bucketsOf(typingRate);
  return {
    register: (subject) => byAddress(register, subject),
    login: (subject) => byAddress(login, subject),
    refresh: (subject) => byAddress(refresh, subject),
    api: (subject) =>
      subject.session === undefined ? byAddress(api, subject) : byUser(apiUser, subject),
    message: (subject) => byUser(messages, subject),
    typing: (subject) => byUser(typing, subject),
    free: () => ({ buckets: undefined, key: "" }),
  } satisfies Record<RateClass, (subject: RateSubject) => Place>;
}

function byAddress(buckets: TokenBuckets | undefined, { address }: RateSubject): Place {
  return { buckets, key: addressKey(address) };
}

function byUser(buckets: TokenBuckets | undefined, subject: RateSubject): Place {
  const { session } = subject;
  return session === undefined ? byAddress(buckets, subject) : { buckets, key: session.userId };
}

function tooMany(waitMs: number): ChatError {
  return new ChatError("rate_limited", { retryAfter: Math.max(1, Math.ceil(waitMs / 1000)) });
}
