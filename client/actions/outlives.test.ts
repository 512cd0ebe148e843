import assert from "node:assert/strict";
import { test } from "node:test";
import { outlives } from "./outlives.ts";

const token = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
const at = Date.parse("2026-11-21T12:00:00Z");

test("a token that ends later lengthens the session, one that ends then does not", () => {
  assert.equal(outlives(token({ exp: at / 1000 + 1 }), at), true);
  assert.equal(outlives(token({ exp: at / 1000 }), at), false);
});

test("of what is no such token nothing is known", () => {
  for (const text of ["", "opaque", "a.b.c", token(null), token({ exp: "soon" }), token([1])]) {
    assert.equal(outlives(text, at), true, text);
  }
});
