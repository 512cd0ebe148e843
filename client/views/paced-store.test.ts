import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../store/create-store.ts";
import { paceStore } from "./paced-store.ts";

const INTERVAL = 50;

function pacedCounter() {
  const store = createStore(0);
  const paced = paceStore(store, INTERVAL);
  const heard: number[] = [];
  paced.subscribe(() => heard.push(paced.get()));
  return { paced, heard, count: () => store.update((value) => value + 1) };
}

test("the first change is told at once, those of the next moment together", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { paced, heard, count } = pacedCounter();
  for (let change = 0; change < 5; change += 1) count();
  assert.deepEqual(heard, [1]);
  t.mock.timers.tick(INTERVAL);
  assert.deepEqual(heard, [1, 5]);
  count();
  assert.deepEqual(heard, [1, 5]);
  t.mock.timers.tick(INTERVAL);
  assert.deepEqual(heard, [1, 5, 6]);
  paced[Symbol.dispose]();
});

test("what a person waits for is told at once, and not a second time", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { paced, heard, count } = pacedCounter();
  count();
  count();
  paced.flush();
  assert.deepEqual(heard, [1, 2]);
  t.mock.timers.tick(INTERVAL);
  assert.deepEqual(heard, [1, 2]);
  paced[Symbol.dispose]();
});

test("once disposed, nothing is told any more and no timer is left", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { paced, heard, count } = pacedCounter();
  count();
  count();
  paced[Symbol.dispose]();
  t.mock.timers.tick(10 * INTERVAL);
  count();
  assert.deepEqual(heard, [1]);
});
