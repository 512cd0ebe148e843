import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Shelf } from "./shelf.ts";

const text = fc.string({ unit: "grapheme", maxLength: 60 });

test("what lies on a shelf stays what it was, whatever is put beside it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), text), { maxLength: 80 }), (texts) => {
      const shelf = new Shelf(128);
      const laid = texts.map(([isUtf8, one]) => {
        const encoding = isUtf8 ? "utf8" : "latin1";
        return { one, encoding, bytes: shelf[encoding](one) } as const;
      });
      for (const { one, encoding, bytes } of laid) {
        assert.deepEqual(Buffer.from(bytes), Buffer.from(one, encoding));
      }
    }),
  );
});

test("small pieces share their memory, and large ones have their own", () => {
  const shelf = new Shelf(64);
  const [one, two, large] = [shelf.utf8("one"), shelf.latin1("two"), shelf.utf8("x".repeat(40))];
  assert.equal(one.buffer, two.buffer);
  assert.notEqual(one.buffer, large.buffer);
  assert.equal(large.buffer.byteLength, 40);
});

test("a shelf that is full is left to those who have something of it", () => {
  const shelf = new Shelf(64);
  const pieces = Array.from({ length: 10 }, () => shelf.latin1("x".repeat(20)));
  assert.equal(new Set(pieces.map(({ buffer }) => buffer)).size, 4);
});
