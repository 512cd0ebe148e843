import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import { createHashQueue } from "./hash-queue.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;
const options = { timeout: 10_000 };
const patient = { concurrency: 2, capacity: 3, patienceMs: 60_000 };

/** Tasks that run until they are told to end. */
function tasks() {
  const ends: (() => void)[] = [];
  const task = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.push(resolve);
    return promise;
  };
  return { task, ends };
}

test(
  "no more run at once than there are places, and the next begins when one ends",
  options,
  async () => {
    await using queue = createHashQueue(patient);
    const { task, ends } = tasks();
    const all = [queue.run(task), queue.run(task), queue.run(task), queue.run(task)];
    assert.equal(ends.length, 2);
    ends[0]?.();
    await all[0];
    assert.equal(ends.length, 3);
    ends[1]?.();
    await all[1];
    assert.equal(ends.length, 4);
    ends[2]?.();
    ends[3]?.();
    await Promise.all(all);
  },
);

test("who finds the queue full is told at once that the server is busy", options, async () => {
  await using queue = createHashQueue(patient);
  const gate = Promise.withResolvers<void>();
  const taken = Array.from({ length: 5 }, () => queue.run(() => gate.promise));
  const told = queue
    .run(() => gate.promise)
    .then(
      () => "taken",
      (error: ChatError) => error.code,
    );
  const first = await Promise.race([told, new Promise((done) => setImmediate(done, "waiting"))]);
  gate.resolve();
  await Promise.all([...taken, told]);
  assert.equal(first, "busy");
});

test("who waited too long is told so and is not begun later", options, async () => {
  await using queue = createHashQueue({ concurrency: 1, capacity: 3, patienceMs: 1 });
  const { task, ends } = tasks();
  const first = queue.run(task);
  await assert.rejects(queue.run(task), says("busy"));
  ends[0]?.();
  await first;
  assert.equal(ends.length, 1);
});

test("a task that fails gives its place to the next", options, async () => {
  await using queue = createHashQueue({ ...patient, concurrency: 1 });
  const failing = queue.run(() => Promise.reject(new Error("no")));
  const next = queue.run(() => Promise.resolve("done"));
  await assert.rejects(failing, /no/);
  assert.equal(await next, "done");
});

test("disposing refuses who waits and waits for what runs", options, async () => {
  const queue = createHashQueue({ ...patient, concurrency: 1 });
  const { task, ends } = tasks();
  const running = queue.run(task);
  const refused = assert.rejects(queue.run(task), says("shutting_down"));
  let disposed = false;
  const closing = queue[Symbol.asyncDispose]().then(() => {
    disposed = true;
  });
  await refused;
  assert.equal(disposed, false);
  ends[0]?.();
  await running;
  await closing;
  await assert.rejects(queue.run(task), says("shutting_down"));
});
