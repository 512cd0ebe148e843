import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PageTurns } from "./page-turns.ts";

/** A clock on which each page takes so long. */
function slowPages(pageMs: number) {
  let time = 0;
  const begun: number[] = [];
  const pages = new PageTurns(() => time);
  const read = (number: number) =>
    pages.read(async () => {
      begun.push(number);
      time += pageMs;
      return number;
    });
  return { pages, read, begun };
}

test("a page that nobody is before is read at once", async () => {
  const { read, begun } = slowPages(10);
  const page = read(1);
  assert.deepEqual(begun, [1]);
  assert.equal(await page, 1);
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
  assert.deepEqual(await Promise.all(pages), [1, 2, 3, 4]);
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
  const { pages, read } = slowPages(10);
  const first = read(1);
  const failing = pages.read(() => Promise.reject(new Error("no such page")));
  const last = read(3);
  await assert.rejects(failing, /no such page/);
  assert.deepEqual(await Promise.all([first, last]), [1, 3]);
  assert.equal(await read(4), 4);
});
