import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { helloPrologue } from "./hello-prologue.ts";
import { bytesOf } from "./test/peers.ts";

test("a prologue is the label and both hellos, each behind its length", () => {
  const expected = "\0\0\0\x11lair-chat noise 1\0\0\0\x02{}\0\0\0\x03{ }";
  assert.deepEqual(helloPrologue(bytesOf("{}"), bytesOf("{ }")), bytesOf(expected));
});

test("no two pairs of hellos have the same prologue", () => {
  const part = fc.uint8Array({ max: 2, maxLength: 6 });
  const apart = fc.property(part, part, part, part, (one, two, three, four) => {
    const isSame = Buffer.from(helloPrologue(one, two)).equals(helloPrologue(three, four));
    const areSame = Buffer.from(one).equals(three) && Buffer.from(two).equals(four);
    assert.equal(isSame, areSame);
  });
  fc.assert(apart, { numRuns: 2000 });
});
