import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClockGuard } from "./clock-guard.ts";

const hour = 60 * 60 * 1000;
const year = 365 * 24 * hour;
const start = { wall: Date.UTC(2026, 0, 1), monotonic: 5_000 };

/** `hours` later by the monotonic clock, with the wall clock off by `jumped`. */
const later = (hours: number, jumped = 0) => ({
  wall: start.wall + hours * hour + jumped,
  monotonic: start.monotonic + hours * hour,
});

test("a clock that runs evenly, or is put right by minutes, is trusted", () => {
  const guard = new ClockGuard(start, start.wall - 1000);
  for (let hours = 1; hours < 100; hours += 1) {
    assert.equal(guard.unsettled(later(hours, (hours % 2) * 59 * 60 * 1000)), undefined);
  }
});

test("a new database has nothing to compare with", () => {
  assert.equal(new ClockGuard(start, undefined).unsettled(later(1)), undefined);
});

for (const jumped of [2 * hour, -2 * hour, 10 * year, -10 * year]) {
  test(`a jump by ${jumped / hour} hours is not trusted until the clock is back`, () => {
    const guard = new ClockGuard(start, start.wall);
    assert.equal(guard.unsettled(later(1)), undefined);
    assert.equal(guard.unsettled(later(2, jumped)), jumped);
    assert.equal(guard.unsettled(later(25, jumped)), jumped);
    assert.equal(guard.unsettled(later(25.5)), undefined);
    assert.equal(guard.unsettled(later(26)), undefined);
  });

  test(`a jump by ${jumped / hour} hours is trusted when it has held for a day`, () => {
    const guard = new ClockGuard(start, start.wall);
    assert.equal(guard.unsettled(later(2, jumped)), jumped);
    assert.equal(guard.unsettled(later(26, jumped)), undefined);
    assert.equal(guard.unsettled(later(27, jumped)), undefined);
    assert.equal(guard.unsettled(later(28)), -jumped);
  });

  test(`a database that is ${jumped / hour} hours away from the clock at the start makes it unsettled`, () => {
    const guard = new ClockGuard(start, start.wall - jumped);
    assert.equal(guard.unsettled(start), jumped);
    assert.equal(guard.unsettled(later(23)), jumped);
    assert.equal(guard.unsettled(later(24)), undefined);
  });
}

test("after a jump a purge is never allowed before a day has gone by evenly or the clock is back", () => {
  const steps = fc.array(
    fc.record(
      {
        hours: fc.integer({ min: 1, max: 10 }),
        jumped: fc.constantFrom(0, 0, 3 * hour, -5 * hour),
      },
      { noNullPrototype: true },
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const guard = new ClockGuard(start, start.wall);
      let [hours, jumped, evenly] = [0, 0, 0];
      let trusted = 0;
      for (const step of all) {
        hours += step.hours;
        jumped += step.jumped;
        evenly = step.jumped === 0 ? evenly + step.hours : 0;
        if (guard.unsettled(later(hours, jumped)) !== undefined) continue;
        assert.ok(evenly >= 24 || Math.abs(jumped - trusted) <= hour);
        trusted = jumped;
      }
    }),
  );
});
