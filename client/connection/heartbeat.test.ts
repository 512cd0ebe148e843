import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "../test/manual-clock.ts";
import { startHeartbeat } from "./heartbeat.ts";

/** A heartbeat with everything it did, in seconds since it began. */
function watched() {
  const clock = manualClock();
  const pings: number[] = [];
  const deaths: number[] = [];
  const seconds = () => clock.elapsed() / 1000;
  const begun = seconds();
  const heartbeat = startHeartbeat({
    clock,
    pingMs: 20_000,
    silenceMs: 45_000,
    ping: () => pings.push(seconds() - begun),
    dead: () => deaths.push(seconds() - begun),
  });
  /** Each second of these something happens. */
  const pass = (count: number, each: () => void = () => undefined) => {
    for (let second = 0; second < count; second += 1) {
      clock.advance(1_000);
      each();
    }
  };
  return { clock, heartbeat, pings, deaths, pass };
}

test("who only listens to a server that has much to say pings every twenty seconds", () => {
  const { heartbeat, pings, deaths, pass } = watched();
  pass(100, () => heartbeat.heard());
  assert.deepEqual(pings, [20, 40, 60, 80, 100]);
  assert.deepEqual(deaths, []);
});

test("who has sent something lately, and is answered, does not ping", () => {
  const { heartbeat, pings, pass } = watched();
  pass(100, () => {
    heartbeat.heard();
    heartbeat.sent();
  });
  assert.deepEqual(pings, []);
});

test("a server that does not answer what is sent is asked for a sign of life, and is then dead", () => {
  const { heartbeat, pings, deaths, pass } = watched();
  pass(60, () => heartbeat.sent());
  assert.deepEqual(pings, [20, 40]);
  assert.deepEqual(deaths, [45]);
});

test("a connection on which nothing happens is pinged and then dead", () => {
  const { pings, deaths, pass } = watched();
  pass(60);
  assert.deepEqual(pings, [20, 40]);
  assert.deepEqual(deaths, [45]);
});

test("between two signs of this side there are never more than twenty seconds, whatever is heard", () => {
  const { heartbeat, pings, pass } = watched();
  let second = 0;
  pass(200, () => {
    second += 1;
    if (second % 7 === 0) heartbeat.heard();
    if (second % 31 === 0) heartbeat.sent();
  });
  const signs = [0, ...pings, 31, 62, 93, 124, 155, 186].sort((a, b) => a - b);
  const gaps = signs.slice(1).map((sign, index) => sign - (signs[index] ?? 0));
  assert.ok(Math.max(...gaps) <= 20, gaps.join(" "));
});
