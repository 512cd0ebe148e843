import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Call } from "./handler.ts";
import { inPageTurns, PageTurns } from "./page-turns.ts";

/** A clock on which each page takes so long. */
function slowPages(pageMs: number) {
  let time = 0;
  const begun: number[] = [];
  const pages = new PageTurns(() => time);
  const read = (number: number) =>
    pages.take(async () => {
      begun.push(number);
      time += pageMs;
    });
  return { pages, read, begun };
}

test("a page that nobody is before is read at once", async () => {
  const { read, begun } = slowPages(10);
  const page = read(1);
  assert.deepEqual(begun, [1]);
  await page;
});

test("one that is asked for when those before were read, and the turn is not over, waits for the next", async () => {
  const { read, begun } = slowPages(10);
  let isNextTurn = false;
  setImmediate(() => {
    isNextTurn = true;
  });
  await read(1);
  const second = read(2);
  await Promise.resolve();
  assert.equal(isNextTurn, false);
  assert.deepEqual(begun, [1]);
  await second;
  assert.equal(isNextTurn, true);
  assert.deepEqual(begun, [1, 2]);
});

test("one that takes several turns itself holds up the others, and no longer", async () => {
  const { pages, read, begun } = slowPages(10);
  const long = pages.take(async () => {
    for (let turns = 0; turns < 3; turns += 1) await nextTurn();
    begun.push(1);
  });
  const others = [read(2), read(3)];
  await Promise.all([long, ...others]);
  assert.deepEqual(begun, [1, 2, 3]);
  await read(4);
});

test("long pages are read one in each turn of the loop, in the order they were asked for", async () => {
  const { read, begun } = slowPages(10);
  const pages = [1, 2, 3, 4].map(read);
  let before = begun.length;
  assert.equal(before, 1);
  while (begun.length < 4) {
    await nextTurn();
    assert.ok(begun.length <= before + 1, `${begun.length} after ${before}`);
    before = begun.length;
  }
  assert.deepEqual(begun, [1, 2, 3, 4]);
  await Promise.all(pages);
});

test("many short pages share a turn", async () => {
  const { read, begun } = slowPages(0.5);
  const pages = Array.from({ length: 12 }, (_, index) => read(index));
  let turns = 0;
  while (begun.length < 12) {
    turns += 1;
    await nextTurn();
  }
  assert.ok(turns <= 4, `${turns} turns`);
  await Promise.all(pages);
});

test("one that fails is told so, and the others get their pages", async () => {
  const { pages, read, begun } = slowPages(10);
  const first = read(1);
  const failing = pages.take(() => Promise.reject(new Error("no such page")));
  const last = read(3);
  await assert.rejects(failing, /no such page/);
  await Promise.all([first, last]);
  await read(4);
  assert.deepEqual(begun, [1, 3, 4]);
});

test("a page over HTTP waits for its turn and brings its result, and all else is done at once", async () => {
  const { pages, read, begun } = slowPages(10);
  const dispatch = inPageTurns(async (_call, name) => ({ name }), pages);
  const call = {} as Call;
  const before = [read(1), read(2)];
  const page = dispatch(call, "get_log", {}).then((result) => ({ result, begun: [...begun] }));
  assert.deepEqual(await dispatch(call, "ping", {}), { name: "ping" });
  assert.deepEqual(begun, [1]);
  assert.deepEqual(await page, { result: { name: "get_log" }, begun: [1, 2] });
  await Promise.all(before);
  const failing = inPageTurns(() => Promise.reject(new Error("no such page")), pages);
  await assert.rejects(failing(call, "resume", {}), /no such page/);
});

test("a page that fails at once fails for whoever asked for it, and the next is read", async () => {
  const { pages, read, begun } = slowPages(1);
  const failed = pages.take(() => {
    throw new Error("no such log");
  });
  await assert.rejects(failed, /no such log/);
  await read(1);
  assert.deepEqual(begun, [1]);
});
