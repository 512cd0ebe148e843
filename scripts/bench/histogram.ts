/** Milliseconds by quantile. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const subBuckets = 64;
const subBits = 6;
const largestExponent = 52;

/** Counts times in buckets of 1/64 of a power of two: quantiles to within 1.6 %, in fixed memory. */
export class Histogram {
  readonly #buckets = new Float64Array((largestExponent + 1) * subBuckets);
  #count = 0;
  #max = 0;

  /** Takes a time in milliseconds; below 0 counts as 0. */
  add(ms: number): void {
    const ns = Math.min(Math.max(0, Math.round(ms * 1e6)), Number.MAX_SAFE_INTEGER);
    const index = bucketOf(ns);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count += 1;
    this.#max = Math.max(this.#max, ns);
  }

  /** The lower bound of the bucket that holds this part of all times, in milliseconds. */
  quantile(part: number): number {
    const wanted = Math.floor(this.#count * part);
    let seen = 0;
    for (const [index, count] of this.#buckets.entries()) {
      seen += count;
      if (count > 0 && seen > wanted) return lowerBound(index) / 1e6;
    }
    return this.#max / 1e6;
  }

  times(): Times {
    return {
      count: this.#count,
      p50: this.quantile(0.5),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: this.#max / 1e6,
    };
  }
}

function bucketOf(ns: number): number {
  if (ns < subBuckets) return ns;
  const exponent = Math.floor(Math.log2(ns));
  const shift = exponent - subBits;
  return (shift + 1) * subBuckets + (Math.floor(ns / 2 ** shift) - subBuckets);
}

function lowerBound(index: number): number {
  if (index < subBuckets) return index;
  const shift = Math.floor(index / subBuckets) - 1;
  return (subBuckets + (index % subBuckets)) * 2 ** shift;
}
