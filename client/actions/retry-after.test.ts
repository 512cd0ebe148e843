import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { retryAfterMs } from "./retry-after.ts";

const refused = (retryAfter: number) => new ChatError("rate_limited", { retryAfter });

test("what the server says about waiting is kept to, within reason", () => {
  assert.equal(retryAfterMs(refused(3), 2_000), 3_000);
  assert.equal(retryAfterMs(refused(86_400), 2_000), 60_000);
  assert.equal(retryAfterMs(refused(Number.POSITIVE_INFINITY), 2_000), 60_000);
  assert.equal(retryAfterMs(refused(-5), 2_000), 50);
  assert.equal(retryAfterMs(refused(0), 2_000), 50);
});

test("where it says nothing that can be understood, our own time counts", () => {
  assert.equal(retryAfterMs(new ChatError("busy"), 2_000), 2_000);
  assert.equal(retryAfterMs(refused(Number.NaN), 2_000), 2_000);
  assert.equal(retryAfterMs(new Error("lost"), 2_000), 2_000);
});
