import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { silentLog } from "./storage-log.ts";
import { WriteQueue } from "./write-queue.ts";
import type { WriterRequest } from "./writer-protocol.ts";

function queueTo(post: (request: WriterRequest) => void) {
  return new WriteQueue({ post, now: () => 0, log: silentLog });
}

const namesOf = (request: WriterRequest) =>
  request.kind === "calls" ? request.calls.map(({ name }) => name) : [];

const upTo = (count: number) => Array.from({ length: count }, (_, index) => `call ${index}`);

test("calls of one turn are handed over together, and many of them in portions before its end", async () => {
  const posted: (readonly string[])[] = [];
  const queue = queueTo((request) => posted.push(namesOf(request)));
  for (const name of upTo(10)) void queue.write({ name, args: {} });
  assert.deepEqual(posted, [], "a few wait for the end of the turn");
  await nextTurn();
  assert.deepEqual(posted.splice(0), [upTo(10)]);
  for (const name of upTo(80)) void queue.write({ name, args: {} });
  const early = posted.flat().length;
  assert.ok(early > 0 && early < 80, `${early} of 80 were handed over before the end of the turn`);
  await nextTurn();
  assert.deepEqual(posted.flat(), upTo(80), "each once, in their order");
  assert.ok(posted.length <= 4, `${posted.length} messages to the other thread`);
});

test("calls handed over in portions are settled each with its own outcome", async () => {
  const queue = queueTo(() => {});
  const results = upTo(80).map((name) => queue.write({ name, args: {} }));
  await nextTurn();
  const settle = (names: readonly string[]) => {
    const outcomes = names.map((result) => ({ kind: "done" as const, result }));
    queue.settle({ kind: "settled", outcomes, entries: [], committed: true, tookMs: 1 });
  };
  settle(upTo(80).slice(0, 50));
  settle(upTo(80).slice(50));
  assert.deepEqual(await Promise.all(results), upTo(80));
});

test("a call that cannot be handed over fails alone, whichever portion it is in", async () => {
  const posted: string[] = [];
  const queue = queueTo((request) => {
    if (namesOf(request).includes("call 40")) throw new Error("it cannot be cloned");
    posted.push(...namesOf(request));
  });
  const results = upTo(80).map((name) => queue.write({ name, args: {} }));
  const culprit = assert.rejects(results[40] as Promise<unknown>, /cannot be cloned/);
  await nextTurn();
  await culprit;
  assert.deepEqual(
    posted,
    upTo(80).filter((name) => name !== "call 40"),
  );
});
