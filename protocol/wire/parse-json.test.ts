import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyDice, anyTree, diceFrom, type JsonTree, spell } from "../test/corpus/any-json.ts";
import { hostileJson, hostileLimits } from "../test/corpus/hostile-json.ts";
import { parseJsonObject } from "./parse-json.ts";
import { WIRE_ERROR_CODES, WireError } from "./wire-error.ts";

const encoder = new TextEncoder();
const parse = (text: string) => parseJsonObject(encoder.encode(text), hostileLimits);

const FRIENDLY = encoder.encode(
  JSON.stringify({ type: "send", id: "é😀", p: { n: [1, -2.5e3, null, true], s: 'a"\\\n' } }),
);
const SEEDS = [FRIENDLY, ...hostileJson.map(({ bytes }) => bytes)].filter(
  (bytes) => bytes.length < 2000,
);

for (const { name, bytes, code } of hostileJson) {
  test(`hostile payload is refused: ${name}`, () => {
    assert.throws(() => parseJsonObject(bytes, hostileLimits), { name: "WireError", code });
  });
}

test("the corpus is large, its names are unique and it knows every code of the parser", () => {
  assert.ok(hostileJson.length >= 200);
  assert.equal(new Set(hostileJson.map(({ name }) => name)).size, hostileJson.length);
  const parserCodes = WIRE_ERROR_CODES.filter((code) => !code.startsWith("frame_"));
  assert.deepEqual(new Set(hostileJson.map(({ code }) => code)), new Set(parserCodes));
});

test("an object comes out as JSON.parse would make it", () => {
  const text = ' {"a":[1,-0.5,"é😀",null,{"b":{}}],"":true,"é":"\\ud83d\\ude00\\\\ud800"}\r\n';
  assert.deepEqual(parse(text), JSON.parse(text));
  assert.deepEqual(parse("{}"), {});
});

test("the same key in different objects is no repetition", () => {
  const text = '{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":3}}';
  assert.deepEqual(parse(text), JSON.parse(text));
});

test("the answer does not change when the bytes are overwritten", () => {
  const bytes = encoder.encode('{"content":"hello"}');
  const object = parseJsonObject(bytes, hostileLimits);
  bytes.fill(0);
  assert.deepEqual(object, { content: "hello" });
});

test("an error quotes nothing of the payload, not even in its cause", () => {
  for (const text of ['{"password":"hunter2"', '{"password":"hunter2",}', '{"p":hunter2}']) {
    const bytes = encoder.encode(text);
    assert.throws(
      () => parseJsonObject(bytes, hostileLimits),
      (error: Error) => {
        assert.doesNotMatch(`${error.stack} ${error.cause}`, /hunter2|password/);
        return true;
      },
    );
  }
});

test("an object is refused exactly when some object in it repeats a key", () => {
  const property = fc.property(anyTree({ repeatKeys: true }), anyDice, (tree, dice) => {
    const code = codeOf(
      encoder.encode(spell({ kind: "object", entries: [["a", tree]] }, diceFrom(dice))),
    );
    if (code === undefined) assert.equal(repeatsKey(tree), false);
    if (code === "duplicate_key") assert.equal(repeatsKey(tree), true);
  });
  fc.assert(property, { numRuns: 3000 });
});

test("whatever the bytes, the answer is a WireError or an object that keeps every promise", () => {
  const property = fc.property(fc.constantFrom(...SEEDS), anyEdits, (seed, edits) => {
    const bytes = edits.reduce(edit, seed);
    if (codeOf(bytes) !== undefined) return;
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const object: unknown = JSON.parse(text);
    assert.deepEqual(parseJsonObject(bytes, hostileLimits), object);
    assertPromises(object, hostileLimits.maxDepth);
  });
  fc.assert(property, { numRuns: 20_000 });
});

test("no payload changes a prototype", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  for (const { bytes } of hostileJson) codeOf(bytes);
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  assert.equal("admin" in {}, false);
});

/** The code the bytes are refused with, if they are; any other error is a failure of the test. */
function codeOf(bytes: Uint8Array): string | undefined {
  try {
    parseJsonObject(bytes, hostileLimits);
    return undefined;
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}

function repeatsKey(tree: JsonTree): boolean {
  if (tree.kind === "array") return tree.items.some(repeatsKey);
  if (tree.kind !== "object") return false;
  const keys = new Set(tree.entries.map(([key]) => key));
  return keys.size < tree.entries.length || tree.entries.some(([, item]) => repeatsKey(item));
}

function assertPromises(value: unknown, depthLeft: number): void {
  if (typeof value === "string") assert.ok(value.isWellFormed());
  if (typeof value === "number") {
    assert.ok(Number.isFinite(value) && Math.abs(Math.trunc(value)) <= Number.MAX_SAFE_INTEGER);
  }
  if (typeof value !== "object" || value === null) return;
  assert.ok(depthLeft > 0);
  for (const [key, item] of Object.entries(value)) {
    assert.ok(!["__proto__", "constructor", "prototype"].includes(key) && key.isWellFormed());
    assertPromises(item, depthLeft - 1);
  }
}

type Edit = { at: number; remove: number; insert: Uint8Array };

const awkwardBytes = fc.oneof(
  fc.uint8Array({ maxLength: 4 }),
  fc
    .constantFrom('"', "\\", '\\"', ":", ",", "{", "}", "[", "]", " ", "e9", "1", '"__proto__":')
    .map((text) => encoder.encode(text)),
);
const anyEdits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record(
    { at: fc.nat(2000), remove: fc.nat(3), insert: awkwardBytes },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 5 },
);

function edit(bytes: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  const place = at % (bytes.length + 1);
  const head = bytes.subarray(0, place);
  return Uint8Array.from([...head, ...insert, ...bytes.subarray(place + remove)]);
}
