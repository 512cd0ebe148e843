import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Turn, type TurnWriter } from "./turn.ts";

/** A turn on a clock that goes on by `flushMs` with each writer that is flushed. */
function slowTurn(flushMs: number) {
  const faults: unknown[] = [];
  const flushed: number[] = [];
  let now = 0;
  const turn = new Turn({ onFault: (error) => faults.push(error), monotonic: () => now });
  const writer = (number: number): TurnWriter => ({
    flush() {
      now += flushMs;
      flushed.push(number);
    },
  });
  return { turn, faults, flushed, writer };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test("a turn writes all there is where that is quick", async () => {
  const { turn, flushed, writer } = slowTurn(0);
  for (const number of upTo(1000)) turn.write(writer(number));
  await nextTurn();
  assert.deepEqual(flushed, upTo(1000));
});

test("a turn that writes for long leaves the rest to the turns behind it, in the order of all", async () => {
  const { turn, flushed, writer } = slowTurn(1);
  for (const number of upTo(100)) turn.write(writer(number));
  await nextTurn();
  const first = flushed.length;
  assert.ok(first > 0 && first < 50, `${first} were written in the first turn`);
  turn.write(writer(100));
  for (let turns = 0; flushed.length < 101 && turns < 100; turns += 1) await nextTurn();
  assert.deepEqual(flushed, upTo(101));
});

test("what is gathered meanwhile is gathered before the rest is written", async () => {
  const { turn, flushed, writer } = slowTurn(1);
  for (const number of upTo(40)) turn.write(writer(number));
  await nextTurn();
  const first = flushed.length;
  let writtenBefore: number | undefined;
  turn.gather(() => {
    writtenBefore = flushed.length;
  });
  await nextTurn();
  assert.equal(writtenBefore, first);
  assert.ok(flushed.length > first);
});

test("a writer that fails is told of, and the others are written", async () => {
  const { turn, faults, flushed, writer } = slowTurn(1);
  const fault = new Error("it is gone");
  turn.write({
    flush() {
      throw fault;
    },
  });
  for (const number of upTo(60)) turn.write(writer(number));
  for (let turns = 0; flushed.length < 60 && turns < 100; turns += 1) await nextTurn();
  assert.deepEqual(faults, [fault]);
  assert.deepEqual(flushed, upTo(60));
});

test("turns write for longer where what is left does not become less, and shortly again afterwards", async () => {
  const { turn, flushed, writer } = slowTurn(0.1);
  let isCrowded = true;
  const crowd = upTo(200).map((number): TurnWriter => {
    const { flush } = writer(number);
    const one = {
      flush() {
        flush();
        // There is more for it at once, as where messages come faster than they are written.
        if (isCrowded) turn.write(one);
      },
    };
    return one;
  });
  for (const one of crowd) turn.write(one);
  await nextTurn();
  const first = flushed.splice(0).length;
  assert.ok(first < 50, `${first} in the first turn`);
  for (let turns = 0; turns < 12; turns += 1) await nextTurn();
  const times = upTo(200).map((number) => flushed.filter((one) => one === number).length);
  isCrowded = false;
  assert.ok(Math.min(...times) >= 3, `somebody got ${Math.min(...times)} turns of 12`);
  for (let turns = 0; turns < 20; turns += 1) {
    turn.write(writer(0));
    await nextTurn();
  }
  flushed.length = 0;
  for (const number of upTo(200)) turn.write(writer(number));
  await nextTurn();
  assert.equal(flushed.length, first);
});
