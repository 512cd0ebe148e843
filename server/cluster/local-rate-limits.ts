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

/** Limits that say how much they remember: callers by limit, and the most of them. */
export interface LocalRateLimits extends RateLimits {
  stats(): { readonly sizes: Readonly<Record<string, number>>; readonly limit: number };
}

interface Place {
  readonly buckets: TokenBuckets | undefined;
  readonly key: string;
}

/** Counts in this process's memory. */
export function createLocalRateLimits(deps: LocalRateLimitsDeps): LocalRateLimits {
  const { monotonic, capacity = CAPACITY } = deps;
  const counted = bucketsOf(deps.rates, capacity);
  const places = placesOf(counted);
  return {
    stats() {
      const sizes = Object.entries(counted).map(([name, { size } = none]) => [name, size]);
      return { sizes: Object.fromEntries(sizes), limit: capacity };
    },
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

const none = { size: 0 };

type Buckets = Readonly<Record<keyof Rates | "typing", TokenBuckets | undefined>>;

/** Undefined where there is no limit. */
function bucketsOf(rates: Rates, capacity: number): Buckets {
  const made = (rate: Rate) => (rate === "off" ? undefined : new TokenBuckets(rate, capacity));
  return {
    register: made(rates.register),
    login: made(rates.login),
    refresh: made(rates.refresh),
    api: made(rates.api),
    apiUser: made(rates.apiUser),
    messages: made(rates.messages),
    typing: made(typingRate),
  };
}

/** Where each class of calls is counted. */
function placesOf({ register, login, refresh, api, apiUser, messages, typing }: Buckets) {
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
