import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, encodeTextFrame, FrameDecoder } from "../wire/frame.ts";
import { parseJsonObject } from "../wire/parse-json.ts";
import { WireError } from "../wire/wire-error.ts";
import { hostileJson, hostileLimits } from "./corpus/hostile-json.ts";

const MIB = 1024 * 1024;
const RUNS = { numRuns: 1000 };

// Long ones are made from two numbers: quick to make, and quick to shrink when a test fails.
const longPayload = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(255))
  .map(([length, first]) => Uint8Array.from({ length }, (_, at) => first + at * 7));
const payloads = fc.array(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 20 }), longPayload), {
  maxLength: 8,
});
const anyText = fc
  .tuple(
    fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
    fc.integer({ min: 1, max: 900 }),
  )
  .map(([text, times]) => text.repeat(times));
/** How long each chunk is, and whether the reader stops early and keeps the rest. */
const cuts = fc.array(fc.tuple(fc.oneof(fc.nat(6), fc.nat(3000)), fc.boolean()), {
  minLength: 1,
  maxLength: 30,
});

test("any payloads in any chunks of one reused buffer come out as they went in", () => {
  fc.assert(
    fc.property(payloads, cuts, (sent, sizes) => {
      const stream = join(sent.map((payload) => encodeFrame(payload, MIB)));
      const decoder = new FrameDecoder({ maxFrameBytes: MIB });
      const seen: Uint8Array[] = [];
      for (const { chunk, stopEarly } of chunksOf(stream, sizes)) {
        decoder.push(chunk);
        if (stopEarly) readOne(decoder, seen);
        else while (readOne(decoder, seen));
        if (stopEarly) decoder.keep();
        chunk.fill(0xaa);
      }
      while (readOne(decoder, seen));
      assert.ok(areEqual(seen, sent));
      assert.equal(decoder.bufferedBytes + decoder.reservedBytes, 0);
    }),
    RUNS,
  );
});

test("the decoder accounts for every byte and takes at most twice what it received", () => {
  fc.assert(
    fc.property(payloads, cuts, (sent, sizes) => {
      const stream = join(sent.map((payload) => encodeFrame(payload, MIB)));
      const decoder = new FrameDecoder({ maxFrameBytes: MIB });
      const seen: Uint8Array[] = [];
      let received = 0;
      for (const { chunk } of chunksOf(stream, sizes)) {
        decoder.push(chunk);
        received += chunk.length;
        while (readOne(decoder, seen));
        const handedOut = seen.reduce((sum, payload) => sum + 4 + payload.length, 0);
        assert.equal(decoder.bufferedBytes, received - handedOut);
        assert.ok(decoder.reservedBytes <= Math.max(1024, 2 * decoder.bufferedBytes));
      }
    }),
    RUNS,
  );
});

test("any text in a frame is the text that comes out", () => {
  fc.assert(
    fc.property(fc.array(anyText), (texts) => {
      const decoder = new FrameDecoder({ maxFrameBytes: MIB });
      decoder.push(join(texts.map((text) => encodeTextFrame(text, MIB))));
      for (const text of texts) {
        assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(decoder.next()), text);
      }
      assert.equal(decoder.next(), undefined);
    }),
    { numRuns: 200 },
  );
});

test("whatever the bytes, decoding ends, and with nothing but a WireError if it fails", () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    // Small numbers make lengths that are plausible.
    fc
      .array(fc.oneof(fc.constant(0), fc.nat(12)), { maxLength: 200 })
      .map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(
      anyBytes,
      cuts,
      fc.integer({ min: 1, max: 300 }),
      (stream, sizes, maxFrameBytes) => {
        const decoder = new FrameDecoder({ maxFrameBytes });
        const seen: Uint8Array[] = [];
        const failure = failureOf(() => {
          for (const { chunk } of chunksOf(stream, sizes)) {
            decoder.push(chunk);
            while (readOne(decoder, seen));
          }
        });
        assert.ok(seen.every(({ length }) => length > 0 && length <= maxFrameBytes));
        if (failure === undefined) return;
        assert.equal(
          failureOf(() => decoder.next()),
          failure,
        );
        assert.equal(decoder.bufferedBytes + decoder.reservedBytes, 0);
      },
    ),
    { numRuns: 10_000 },
  );
});

test("a hostile payload comes out of its frame unharmed and leaves the next one readable", () => {
  const friendly = new TextEncoder().encode('{"type":"ping"}');
  for (const { name, bytes, code } of hostileJson) {
    const decoder = new FrameDecoder({ maxFrameBytes: MIB });
    decoder.push(join([encodeFrame(bytes, MIB), encodeFrame(friendly, MIB)]));
    const failure = failureOf(() => parseJsonObject(decoder.next() ?? friendly, hostileLimits));
    assert.equal(failure?.code, code, name);
    assert.deepEqual(decoder.next(), friendly);
  }
});

/** As deepEqual, whose report on long lists takes minutes while a failure is being shrunk. */
function areEqual(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  if (some.length !== others.length) return false;
  return some.every((bytes, index) => {
    const other = others[index];
    return bytes.length === other?.length && bytes.every((byte, at) => byte === other[at]);
  });
}

/** Copies the next payload into the list, if there is one. */
function readOne(decoder: FrameDecoder, seen: Uint8Array[]): boolean {
  const payload = decoder.next();
  if (payload === undefined) return false;
  seen.push(payload.slice());
  return true;
}

/** The stream in chunks of these sizes, over and over, all in the memory of one read buffer. */
function* chunksOf(stream: Uint8Array, sizes: readonly (readonly [number, boolean])[]) {
  const buffer = new Uint8Array(4096);
  let at = 0;
  for (let turn = 0; at < stream.length; turn += 1) {
    const [size = 1, stopEarly = false] = sizes[turn % sizes.length] ?? [];
    // A list of empty chunks alone would never end.
    const length = turn % sizes.length === 0 ? Math.max(1, size) : size;
    const part = stream.subarray(at, at + length);
    buffer.set(part);
    yield { chunk: buffer.subarray(0, part.length), stopEarly };
    at += part.length;
  }
}

function failureOf(work: () => unknown): WireError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
