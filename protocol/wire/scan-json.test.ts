import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyDice, anyTree, diceFrom, spell } from "../test/corpus/any-json.ts";
import { escapeAt } from "../test/corpus/hostile-json.ts";
import { scanJson } from "./scan-json.ts";

const RUNS = { numRuns: 3000 };
const LOOSE = { maxDepth: 100, maxTokens: 100_000 };
const FORBIDDEN = ["__proto__", "constructor", "prototype"];

const scan = (text: string, limits = LOOSE) => scanJson(new TextEncoder().encode(text), limits);

/** How deep a parsed value is nested, and its numbers. */
function walk(value: unknown): { depth: number; numbers: number[] } {
  if (typeof value === "number") return { depth: 0, numbers: [value] };
  if (typeof value !== "object" || value === null) return { depth: 0, numbers: [] };
  const below = Object.values(value).map(walk);
  return {
    depth: 1 + Math.max(0, ...below.map(({ depth }) => depth)),
    numbers: below.flatMap(({ numbers }) => numbers),
  };
}

/** Every key of a JSON text as it is written, found with a slow and obvious expression. */
function keysAsWritten(text: string): string[] {
  const strings = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*(:?)/g)];
  return strings.filter((match) => match[2] === ":").map((match) => match[1] ?? "");
}

const isUnsafe = (number: number) =>
  !Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number));

/** The codes the scan may answer with; none when it must let the text pass. */
function problems(text: string, maxDepth: number): string[] {
  const { numbers, depth } = walk(JSON.parse(text));
  const codes: string[] = [];
  if (depth > maxDepth) codes.push("json_too_deep");
  if (keysAsWritten(text).some((key) => key.includes("\\") || FORBIDDEN.includes(key))) {
    codes.push("forbidden_key");
  }
  if (numbers.some(isUnsafe)) codes.push("unsafe_number");
  return codes;
}

test("the scan agrees with a slow look at the text and its value, however the text is written", () => {
  fc.assert(
    fc.property(anyTree({ repeatKeys: false }), anyDice, fc.nat(8), (tree, dice, maxDepth) => {
      const text = spell(tree, diceFrom(dice));
      const expected = problems(text, maxDepth);
      if (expected.length === 0) {
        assert.equal(scan(text, { ...LOOSE, maxDepth }), keysAsWritten(text).length);
      } else {
        assert.throws(
          () => scan(text, { ...LOOSE, maxDepth }),
          (error: { code?: string }) => expected.includes(error.code ?? ""),
        );
      }
    }),
    RUNS,
  );
});

test("a forbidden key is found in every spelling and as a value it is fine", () => {
  for (const name of FORBIDDEN) {
    for (let mask = 0; mask < 2 ** name.length; mask += 1) {
      const places = Array.from(name, (_, index) => index).filter((index) => mask & (1 << index));
      const spelling = escapeAt(name, places);
      assert.throws(() => scan(`{"a":{"${spelling}":1}}`), { code: "forbidden_key" });
      assert.equal(scan(`{"a":["${spelling}"],"b":"${spelling}"}`), 2);
    }
  }
});

test("a key that only resembles a forbidden one is fine", () => {
  for (const key of [
    "__proto_",
    "_proto__",
    "___proto__",
    "__proto__ ",
    "__PROTO__",
    "Constructor",
    "constructor2",
    "prototypes",
  ]) {
    assert.equal(scan(`{"${key}":1}`), 1);
  }
});

test("a key with any escape is refused, because V8 may read it as another key", () => {
  for (const key of [
    "\\u0062",
    "\\n",
    "\\\\",
    '\\"',
    "\\/",
    "ab\\u0063d",
    "\\ud83d\\ude00",
    "\\x",
  ]) {
    assert.throws(() => scan(`{"a":1,"${key}" :2}`), { code: "forbidden_key" });
    assert.equal(scan(`{"a":"${key}"}`), 1);
  }
});

test("depth is allowed up to the limit and brackets in strings do not count", () => {
  const limits = { maxDepth: 3, maxTokens: 100 };
  assert.equal(scan('{"a":[{"b":"[[[{{{\\"[[["}],"c":[[]],"d":{}}', limits), 4);
  assert.throws(() => scan('{"a":[{"b":[]}]}', limits), { code: "json_too_deep" });
});

test("closing what was never opened does not buy depth", () => {
  assert.throws(() => scan("]]]]{"), { code: "invalid_json" });
  assert.throws(() => scan("{}}[["), { code: "invalid_json" });
});

test("every bracket, comma, colon, key and value is one token, spaces are none", () => {
  const text = '{ "a" : [ 1, "two", -3.5e1, null, true ],\n\t"b": {} }';
  const tokens = 20;
  assert.equal(scan(text, { maxDepth: 9, maxTokens: tokens }), 2);
  assert.throws(() => scan(text, { maxDepth: 9, maxTokens: tokens - 1 }), {
    code: "json_too_many_tokens",
  });
});

test("a mebibyte of spaces or of one string is one pass and few tokens", () => {
  const mebibyte = 1024 * 1024;
  const limits = { maxDepth: 1, maxTokens: 5 };
  assert.equal(scan(`{"a":${" ".repeat(mebibyte)}1}`, limits), 1);
  assert.equal(scan(`{"a":"${'\\"'.repeat(mebibyte / 2)}"}`, limits), 1);
  assert.equal(scan(`{"a":"${"漢".repeat(mebibyte / 4)}"}`, limits), 1);
});

test("integers are let through as long as they are exact", () => {
  for (const number of [
    "9007199254740991",
    "-9007199254740991",
    "9007199254740991.0",
    "90071992547409910e-1",
    "9.007199254740991E+15",
    "1e15",
    "0.000000000000000000000000001",
    "1e-999",
    "3.14159265358979323846264338327950288",
    "000000000000000000000001",
  ]) {
    assert.equal(scan(`{"a":${number}}`), 1);
  }
  assert.throws(() => scan('{"a":9007199254740992}'), { code: "unsafe_number" });
  assert.throws(() => scan('{"a":1e309}'), { code: "unsafe_number" });
  assert.throws(() => scan("[-1E400]"), { code: "unsafe_number" });
});
