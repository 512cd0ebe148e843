import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { safe } from "../../text/safe-text.ts";
import { type Row, span } from "../shared/row.ts";
import {
  type Blocks,
  bottomShowing,
  movedBottom,
  type Place,
  showWindow,
  topPlace,
} from "./message-window.ts";

/** Blocks of these heights; each row says which one it is. */
const blocksOf = (sizes: readonly number[]): Blocks => ({
  count: sizes.length,
  rowsAt: (index) =>
    Array.from({ length: sizes[index] ?? 0 }, (_, row): Row => [span(safe`${index}.${row}`)]),
  keyAt: (index) => `${index}`,
  indexOf: (key) => (Number(key) < sizes.length ? Number(key) : undefined),
});

const textOf = (rows: readonly Row[]): string[] =>
  rows.map((row) => row.map(({ text }) => text).join(""));

const allRows = (blocks: Blocks): string[] =>
  Array.from({ length: blocks.count }, (_, index) => textOf(blocks.rowsAt(index))).flat();

const heights = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 });
const moves = fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 12 });

test("the window always shows a full run of rows, wherever it was moved", () => {
  fc.assert(
    fc.property(heights, fc.integer({ min: 1, max: 25 }), moves, (sizes, height, steps) => {
      const blocks = blocksOf(sizes);
      const all = allRows(blocks);
      const last = Math.max(0, all.length - height);
      let bottom: Place | undefined;
      let first = last;
      for (const step of steps) {
        bottom = movedBottom(blocks, bottom, step, height);
        first = Math.max(0, Math.min(last, first + step));
        const shown = showWindow(blocks, bottom, height);
        assert.deepEqual(textOf(shown.rows), all.slice(first, first + height));
        assert.equal(shown.isAtTop, first === 0);
        assert.equal(shown.isAtEnd, first === last);
        assert.equal(bottom === undefined, first === last);
      }
    }),
  );
});

test("the top place shows the first row first", () => {
  fc.assert(
    fc.property(heights, fc.integer({ min: 1, max: 25 }), (sizes, height) => {
      const blocks = blocksOf(sizes);
      const shown = showWindow(blocks, topPlace(blocks, height), height);
      assert.deepEqual(textOf(shown.rows), allRows(blocks).slice(0, height));
    }),
  );
});

test("only the blocks that are seen are laid out", () => {
  const asked = new Set<number>();
  const blocks = blocksOf(Array.from({ length: 10_000 }, () => 2));
  showWindow(
    { ...blocks, rowsAt: (index) => blocks.rowsAt(asked.add(index) && index) },
    undefined,
    20,
  );
  assert.ok(asked.size <= 12, `${asked.size} blocks`);
});

test("a place that is gone leads to the end, and one in a block that has shrunk to its last row", () => {
  const blocks = blocksOf([3, 3, 3]);
  assert.equal(showWindow(blocks, { key: "9", row: 0 }, 2).isAtEnd, true);
  assert.deepEqual(textOf(showWindow(blocks, { key: "1", row: 8 }, 2).rows), ["1.1", "1.2"]);
});

test("nothing to show is an empty window", () => {
  assert.deepEqual(showWindow(blocksOf([]), undefined, 5).rows, []);
  assert.deepEqual(showWindow(blocksOf([2]), undefined, 0).rows, []);
  assert.equal(movedBottom(blocksOf([]), undefined, -1, 5), undefined);
});

test("a block that is wanted comes into view, and the window moves no further than that", () => {
  const places = fc.tuple(fc.nat(29), fc.integer({ min: -60, max: 0 }));
  fc.assert(
    fc.property(heights, fc.integer({ min: 1, max: 25 }), places, (sizes, height, [one, moved]) => {
      const blocks = blocksOf(sizes);
      const wanted = one % sizes.length;
      const before = movedBottom(blocks, undefined, moved, height);
      const place = bottomShowing(blocks, before, height, `${wanted}`);
      const seen = textOf(showWindow(blocks, place, height).rows);
      const own = textOf(blocks.rowsAt(wanted));
      const fits = own.slice(0, height);
      const isWhole = own.every((row) => seen.includes(row));
      assert.ok(isWhole || fits.every((row) => seen.includes(row)) || own.length > height);
      assert.ok(own.some((row) => seen.includes(row)));
      const seenBefore = textOf(showWindow(blocks, before, height).rows);
      if (own.every((row) => seenBefore.includes(row))) assert.deepEqual(seen, seenBefore);
    }),
  );
});
