import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequests } from "./bad-requests.ts";

const limits = { badRequestsBeforeSignIn: 3, badRequestsPerMinute: 4 };

test("patience comes back after a minute, but only for who has signed in", () => {
  const bad = new BadRequests(limits);
  const isTooMany = (now: number) => bad.isOneTooMany("unknown_type", true, now);
  assert.deepEqual([0, 1, 2].map(isTooMany), [false, false, false]);
  assert.deepEqual([60_000, 60_001, 60_002, 60_003].map(isTooMany), [false, false, false, true]);
  const stranger = new BadRequests(limits);
  const later = [0, 100_000, 200_000].map((now) =>
    stranger.isOneTooMany("unknown_type", false, now),
  );
  assert.deepEqual(later, [false, false, true]);
});

test("a wrong password or a taken name is no nonsense", () => {
  const bad = new BadRequests(limits);
  for (let tries = 0; tries < 50; tries += 1) {
    assert.equal(bad.isOneTooMany("invalid_credentials", false, 0), false);
    assert.equal(bad.isOneTooMany("username_taken", false, 0), false);
  }
});
