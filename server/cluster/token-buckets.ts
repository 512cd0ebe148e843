import type { RateStanding } from "./rate-limits.ts";

export type Rate = "off" | { readonly perSecond: number; readonly burst: number };

interface Bucket {
  tokens: number;
  /** When the tokens were counted. */
  at: number;
}

/** One bucket of tokens per key; those unused for longest are forgotten when there are too many. */
export class TokenBuckets {
  readonly #perMs: number;
  readonly #burst: number;
  /** Keys that are remembered at most. */
  readonly capacity: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Exclude<Rate, "off">, capacity: number) {
    this.#perMs = rate.perSecond / 1000;
    this.#burst = rate.burst;
    this.capacity = capacity;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token. Answers 0, or the milliseconds until there is one. */
  take(key: string, now: number): number {
    const bucket = this.#refilled(key, now);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#perMs;
    bucket.tokens -= 1;
    return 0;
  }

  standing(key: string, now: number): RateStanding {
    const bucket = this.#buckets.get(key);
    const tokens = bucket === undefined ? this.#burst : this.#tokensAt(bucket, now);
    return {
      limit: Math.floor(this.#burst),
      remaining: Math.floor(tokens),
      resetSeconds: Math.ceil((this.#burst - tokens) / this.#perMs / 1000),
    };
  }

  #refilled(key: string, now: number): Bucket {
    const known = this.#buckets.get(key);
    const bucket = known ?? { tokens: this.#burst, at: now };
    bucket.tokens = this.#tokensAt(bucket, now);
    bucket.at = now;
    // Put in again at the end: the first of the map is then the one unused for longest.
    if (known !== undefined) this.#buckets.delete(key);
    else if (this.#buckets.size >= this.capacity) this.#forgetOldest();
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #tokensAt({ tokens, at }: Bucket, now: number): number {
    return Math.min(this.#burst, tokens + Math.max(0, now - at) * this.#perMs);
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
