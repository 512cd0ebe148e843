import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timeFormat } from "./format-time.ts";

const now = Date.UTC(2026, 10, 21, 12, 0);
const at = (text: string): number => Date.parse(text);
const inZone = (timeZone: string) => timeFormat(timeZone, () => now);

describe("times", () => {
  test("are given as hours and minutes of the time zone", () => {
    assert.equal(inZone("UTC").clockTime(at("2026-11-21T09:05:59Z")), "09:05");
    assert.equal(inZone("UTC").clockTime(at("2026-11-21T00:00:00Z")), "00:00");
    assert.equal(inZone("Asia/Kolkata").clockTime(at("2026-11-21T09:05:00Z")), "14:35");
  });

  test("name today and yesterday by the midnights of the time zone", () => {
    assert.equal(inZone("UTC").dayLabel(at("2026-11-21T00:00:00Z")), "Today");
    assert.equal(inZone("UTC").dayLabel(at("2026-11-20T23:59:59Z")), "Yesterday");
    assert.equal(inZone("UTC").dayLabel(at("2026-11-19T23:59:59Z")), "Thu 19 Nov 2026");
    assert.equal(inZone("Asia/Tokyo").dayLabel(at("2026-11-20T23:59:59Z")), "Today");
    assert.equal(inZone("America/New_York").dayLabel(at("2026-11-21T01:00:00Z")), "Yesterday");
  });

  test("name other days in full, the future too", () => {
    assert.equal(inZone("UTC").dayLabel(at("2026-11-03T10:00:00Z")), "Tue 3 Nov 2026");
    assert.equal(inZone("UTC").dayLabel(at("2026-11-22T10:00:00Z")), "Sun 22 Nov 2026");
    assert.equal(inZone("UTC").dayLabel(at("2026-09-01T10:00:00Z")), "Tue 1 Sep 2026");
  });

  test("count a day of 23 or 25 hours as one day", () => {
    const berlin = timeFormat("Europe/Berlin", () => at("2026-10-26T00:30:00+01:00"));
    assert.equal(berlin.dayLabel(at("2026-10-25T00:10:00+02:00")), "Yesterday");
    assert.equal(berlin.dayLabel(at("2026-10-24T23:50:00+02:00")), "Sat 24 Oct 2026");
  });

  test("tell when a new day begins between two messages", () => {
    const { isOtherDay } = inZone("UTC");
    assert.equal(isOtherDay(at("2026-11-20T23:59:00Z"), at("2026-11-21T00:01:00Z")), true);
    assert.equal(isOtherDay(at("2026-11-21T00:01:00Z"), at("2026-11-21T23:59:00Z")), false);
  });

  test("that cannot be are shown as unknown instead of failing while drawing", () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
      assert.equal(inZone("UTC").clockTime(wrong), "--:--");
      assert.equal(inZone("UTC").dayLabel(wrong), "Unknown day");
      assert.equal(inZone("UTC").isOtherDay(wrong, now), false);
    }
  });

  test("in an unknown zone are refused at once", () => {
    assert.throws(() => inZone("Nowhere/City"), RangeError);
  });
});
