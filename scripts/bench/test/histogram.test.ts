import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Histogram } from "../histogram.ts";

test("a quantile is at most 1.6 % below the time that stands there", () => {
  const time = fc.double({ min: 0.000_001, max: 100_000, noNaN: true });
  const part = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 200 }), part, (times, quantile) => {
      const histogram = new Histogram();
      for (const ms of times) histogram.add(ms);
      const sorted = times.toSorted((a, b) => a - b);
      const exact = sorted[Math.floor(times.length * quantile)] ?? Number.NaN;
      const found = histogram.quantile(quantile);
      // Half a nanosecond is lost by rounding.
      assert.ok(found <= exact + 1e-6 && found >= exact * 0.984 - 1e-6, `${found} for ${exact}`);
    }),
  );
});

test("a histogram says how many times it holds and which was the longest", () => {
  const histogram = new Histogram();
  for (const ms of [3, 1, 2]) histogram.add(ms);
  const { count, max } = histogram.times();
  assert.deepEqual({ count, max }, { count: 3, max: 3 });
});

test("an empty histogram has zeroes", () => {
  assert.deepEqual(new Histogram().times(), { count: 0, p50: 0, p99: 0, p999: 0, max: 0 });
});

test("a time below zero, as clocks may give, counts as zero", () => {
  const histogram = new Histogram();
  histogram.add(-1);
  assert.equal(histogram.quantile(0.5), 0);
});
