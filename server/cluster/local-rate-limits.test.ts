import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { createLocalRateLimits, type Rates } from "./local-rate-limits.ts";
import type { RateSubject } from "./rate-limits.ts";
import { TokenBuckets } from "./token-buckets.ts";

const rates: Rates = {
  register: { perSecond: 5 / 60, burst: 5 },
  login: { perSecond: 10 / 60, burst: 10 },
  refresh: { perSecond: 1, burst: 60 },
  api: { perSecond: 100 / 60, burst: 100 },
  apiUser: { perSecond: 10, burst: 600 },
  messages: { perSecond: 20, burst: 60 },
};

function limitsAt(clock: { now: number }, changed: Partial<Rates> = {}) {
  return createLocalRateLimits({ rates: { ...rates, ...changed }, monotonic: () => clock.now });
}

function from(address: string, userId?: string): RateSubject {
  return { address, session: userId === undefined ? undefined : { userId: userId as UserId } };
}

/** How many of `tries` go through, and what the first other one is told. */
function count(tries: number, take: () => void): { passed: number; refusal?: ChatError } {
  for (let passed = 0; passed < tries; passed += 1) {
    try {
      take();
    } catch (refusal) {
      assert.ok(refusal instanceof ChatError);
      return { passed, refusal };
    }
  }
  return { passed: tries };
}

test("five registrations come from an address at once, and the next is told how long to wait", () => {
  const limits = limitsAt({ now: 0 });
  const { passed, refusal } = count(9, () => limits.take("register", from("10.0.0.1")));
  assert.equal(passed, 5);
  assert.equal(refusal?.code, "rate_limited");
  assert.equal(refusal?.retryAfter, 12);
});

test("whoever waits as long as was said gets through, and only once", () => {
  const clock = { now: 0 };
  const limits = limitsAt(clock);
  const take = () => limits.take("register", from("10.0.0.1"));
  const { refusal } = count(9, take);
  clock.now += (refusal?.retryAfter ?? 0) * 1000;
  assert.equal(count(9, take).passed, 1);
});

test("a bucket never holds more than its burst, however long nobody came", () => {
  const clock = { now: 0 };
  const limits = limitsAt(clock);
  limits.take("login", from("10.0.0.1"));
  clock.now += 86_400_000;
  assert.equal(count(99, () => limits.take("login", from("10.0.0.1"))).passed, 10);
});

test("addresses do not use up each other's limit, the addresses of one IPv6 network do", () => {
  const limits = limitsAt({ now: 0 });
  count(9, () => limits.take("register", from("2001:db8:1:2::1")));
  assert.throws(() => limits.take("register", from("2001:db8:1:2:ffff::9")), {
    code: "rate_limited",
  });
  limits.take("register", from("2001:db8:1:3::1"));
  limits.take("register", from("10.0.0.1"));
});

test("a signed-in user is counted as the user and not as the address", () => {
  const limits = limitsAt({ now: 0 });
  assert.equal(count(200, () => limits.take("api", from("10.0.0.1"))).passed, 100);
  assert.equal(count(700, () => limits.take("api", from("10.0.0.1", "ann"))).passed, 600);
  assert.equal(count(700, () => limits.take("api", from("10.0.0.1", "bob"))).passed, 600);
  assert.throws(() => limits.take("api", from("10.0.0.2", "ann")), { code: "rate_limited" });
});

test("sixty messages may come at once and twenty a second after that", () => {
  const clock = { now: 0 };
  const limits = limitsAt(clock);
  const take = () => limits.take("message", from("10.0.0.1", "ann"));
  assert.equal(count(99, take).passed, 60);
  clock.now += 1000;
  assert.equal(count(99, take).passed, 20);
});

test("what is free, and what is switched off, is not limited", () => {
  const limits = limitsAt({ now: 0 }, { messages: "off" });
  assert.equal(count(10_000, () => limits.take("free", from("10.0.0.1"))).passed, 10_000);
  assert.equal(count(10_000, () => limits.take("message", from("x", "ann"))).passed, 10_000);
  assert.equal(limits.standing("message", from("x", "ann")), undefined);
});

test("the standing says what is left, and asking for it takes nothing", () => {
  const limits = limitsAt({ now: 0 });
  const ann = from("10.0.0.1", "ann");
  assert.deepEqual(limits.standing("message", ann), { limit: 60, remaining: 60, resetSeconds: 0 });
  for (let taken = 0; taken < 41; taken += 1) limits.take("message", ann);
  const standing = { limit: 60, remaining: 19, resetSeconds: 3 };
  assert.deepEqual(limits.standing("message", ann), standing);
  assert.deepEqual(limits.standing("message", ann), standing);
});

test("a clock that goes back takes and gives no tokens", () => {
  const clock = { now: 1_000_000 };
  const limits = limitsAt(clock);
  limits.take("register", from("10.0.0.1"));
  clock.now = 0;
  assert.equal(limits.standing("register", from("10.0.0.1"))?.remaining, 4);
});

test("the callers that were not seen for longest are forgotten when there are too many", () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 3);
  for (const key of ["a", "b", "c"]) buckets.take(key, 0);
  assert.ok(buckets.take("a", 0) > 0);
  buckets.take("d", 0);
  assert.equal(buckets.size, 3);
  assert.ok(buckets.take("a", 0) > 0, "a was seen lately and is still held to its limit");
  assert.equal(buckets.take("b", 0), 0);
});
