import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@lair-chat/protocol/limits.ts";
import fc from "fast-check";
import { fitPage } from "./page-rules.ts";

/** About a tenth of what fits. */
const large = (seq: number) => ({ seq, content: "\u0001".repeat(limits.pageBytes / 60) });

test("a page that fits is left as it is", () => {
  const items = [{ seq: 1 }, { seq: 2 }];
  assert.deepEqual(fitPage(items, false, "first"), { items, hasMore: false });
  assert.deepEqual(fitPage(items, true, "last"), { items, hasMore: true });
});

test("a page that is too large keeps the end where reading goes on, and says that there is more", () => {
  const items = Array.from({ length: 30 }, (_, index) => large(index));
  const first = fitPage(items, false, "first");
  const last = fitPage(items, false, "last");
  assert.equal(first.hasMore, true);
  assert.equal(first.items[0]?.seq, 0);
  assert.equal(last.items.at(-1)?.seq, 29);
  assert.ok(first.items.length < 15 && last.items.length < 15);
});

test("something larger than a page stands alone, so that reading always goes on", () => {
  const giant = { content: "x".repeat(limits.pageBytes * 2) };
  assert.deepEqual(fitPage([giant, giant], false, "first").items, [giant]);
  assert.deepEqual(fitPage([giant, giant], false, "last").items, [giant]);
});

test("whatever the sizes, what is kept is in order, without a hole and within the bound", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: Math.floor(limits.pageBytes / 3) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(sizes, fc.constantFrom("first", "last"), (lengths, keep) => {
      const items = lengths.map((length, seq) => ({ seq, content: "x".repeat(length) }));
      const page = fitPage(items, false, keep);
      const kept = page.items.length;
      const wanted = keep === "first" ? items.slice(0, kept) : items.slice(items.length - kept);
      assert.deepEqual(page.items, wanted);
      assert.equal(page.hasMore, kept < items.length);
      assert.ok(
        kept <= 1 || Buffer.byteLength(JSON.stringify(page.items)) <= limits.pageBytes + 64,
      );
    }),
    { numRuns: 30 },
  );
});
