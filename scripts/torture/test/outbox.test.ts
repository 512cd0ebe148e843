import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, type Send } from "../outbox.ts";

const sendOf = (id: string, conversation = "room"): Send => ({
  id,
  conversation,
  content: id,
  hash: id,
  isUnsure: false,
  isFlying: false,
});

function outboxOf(...sends: readonly Send[]): Outbox {
  const outbox = new Outbox();
  for (const send of sends) outbox.add(send);
  return outbox;
}

function departing(outbox: Outbox, now = 0): string[] {
  const ids: string[] = [];
  for (let next = outbox.depart(now); next !== undefined; next = outbox.depart(now)) {
    ids.push(`${next.send.id} behind ${next.follows ?? "nothing"}`);
  }
  return ids;
}

test("sends leave in order, each behind the one before it", () => {
  const outbox = outboxOf(sendOf("a"), sendOf("b"), sendOf("c", "other"));
  assert.deepEqual(departing(outbox).toSorted(), [
    "a behind nothing",
    "b behind a",
    "c behind nothing",
  ]);
});

test("what was stored last is what the next one follows", () => {
  const [a, b] = [sendOf("a"), sendOf("b")];
  const outbox = outboxOf(a);
  departing(outbox);
  outbox.stored(a);
  outbox.add(b);
  assert.deepEqual(departing(outbox), ["b behind a"]);
});

test("after a refusal nothing leaves until all that flies has landed, and then in order from the refused one", () => {
  const [a, b, c] = [sendOf("a"), sendOf("b"), sendOf("c")];
  const outbox = outboxOf(a, b, c);
  departing(outbox);
  outbox.refused(a, 0, false);
  outbox.refused(b, 0, false);
  assert.deepEqual(departing(outbox, 10_000), []);
  outbox.refused(c, 0, false);
  assert.deepEqual(departing(outbox, 0), [], "not at once");
  assert.deepEqual(departing(outbox, 10_000), ["a behind nothing", "b behind a", "c behind b"]);
});

test("a refused send may be given up, and the next one follows the one before that", () => {
  const [a, b] = [sendOf("a"), sendOf("b")];
  const outbox = outboxOf(a, b);
  departing(outbox);
  outbox.refused(a, 0, true);
  outbox.refused(b, 0, false);
  assert.deepEqual(departing(outbox, 10_000), ["b behind nothing"]);
});

test("a send of which an attempt went unanswered is never given up", () => {
  const a = sendOf("a");
  const outbox = outboxOf(a);
  departing(outbox);
  outbox.lost(a);
  departing(outbox);
  outbox.refused(a, 0, true);
  assert.deepEqual(departing(outbox, 10_000), ["a behind nothing"]);
});
