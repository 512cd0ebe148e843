import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, encodeTextFrame, FrameDecoder } from "./frame.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const PREFIX_OF_A_MIB = Uint8Array.of(0, 16, 0, 0);

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const frames = (...texts: string[]) => join(texts.map((text) => encodeTextFrame(text, MIB)));

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Everything the decoder can hand out now, as text, so that no view outlives its chunk. */
function drain(decoder: FrameDecoder): string[] {
  const texts: string[] = [];
  for (let payload = decoder.next(); payload !== undefined; payload = decoder.next()) {
    texts.push(textOf(payload));
  }
  return texts;
}

test("a frame is the length in four bytes, highest first, and then the payload", () => {
  const header = [0, 0, 0x01, 0x02];
  const payload = new Uint8Array(0x102).fill(7);
  assert.deepEqual([...encodeFrame(payload, KIB)], [...header, ...payload]);
  assert.deepEqual([...encodeTextFrame("\x07".repeat(0x102), KIB)], [...header, ...payload]);
});

test("text is framed as the UTF-8 of the text, whatever its length", () => {
  for (const unit of ["a", "é", "漢", "😀"]) {
    for (const times of [1, 2, 100, 2500, 5461, 5462, 40_000]) {
      const text = unit.repeat(times);
      const payload = bytesOf(text);
      assert.deepEqual(encodeTextFrame(text, MIB), encodeFrame(payload, MIB));
    }
  }
});

test("a frame stays as it was while others are made after it", () => {
  const texts = Array.from({ length: 3000 }, (_, index) => `${index}${"é".repeat(index % 300)}`);
  const made = texts.map((text, index) =>
    index % 2 === 0 ? encodeTextFrame(text, MIB) : encodeFrame(bytesOf(text), MIB),
  );
  const decoder = new FrameDecoder({ maxFrameBytes: MIB });
  for (const [index, frame] of made.entries()) {
    decoder.push(frame);
    assert.deepEqual(drain(decoder), [texts[index]]);
  }
});

test("a payload at the limit is framed and one byte more is refused", () => {
  for (const limit of [10, 20_000]) {
    const exact = new Uint8Array(limit);
    assert.equal(encodeFrame(exact, limit).length, limit + 4);
    assert.equal(encodeTextFrame("x".repeat(limit), limit).length, limit + 4);
    assert.equal(encodeTextFrame("é".repeat(limit / 2), limit).length, limit + 4);
    const tooLarge = { code: "frame_too_large" };
    assert.throws(() => encodeFrame(new Uint8Array(limit + 1), limit), tooLarge);
    assert.throws(() => encodeTextFrame("x".repeat(limit + 1), limit), tooLarge);
    assert.throws(() => encodeTextFrame(`x${"é".repeat(limit / 2)}`, limit), tooLarge);
  }
});

test("an empty payload cannot be framed", () => {
  assert.throws(() => encodeFrame(new Uint8Array(0), KIB), { code: "frame_empty" });
  assert.throws(() => encodeTextFrame("", KIB), { code: "frame_empty" });
});

test("frames cut at any two places come out whole, even when each chunk reuses one buffer", () => {
  const texts = ["a", "two", "é漢😀", "x".repeat(30)];
  const stream = frames(...texts);
  const reused = new Uint8Array(stream.length);
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const decoder = new FrameDecoder({ maxFrameBytes: KIB });
      const seen: string[] = [];
      for (const part of [
        stream.subarray(0, first),
        stream.subarray(first, second),
        stream.subarray(second),
      ]) {
        reused.set(part);
        decoder.push(reused.subarray(0, part.length));
        seen.push(...drain(decoder));
        reused.fill(0xff);
      }
      assert.deepEqual(seen, texts);
    }
  }
});

test("frames that come one byte at a time come out whole", () => {
  const texts = ["one", "x".repeat(5 * KIB), "three"];
  const decoder = new FrameDecoder({ maxFrameBytes: MIB });
  const seen: string[] = [];
  const reused = new Uint8Array(1);
  for (const byte of frames(...texts)) {
    reused[0] = byte;
    decoder.push(reused);
    seen.push(...drain(decoder));
  }
  assert.deepEqual(seen, texts);
});

test("a payload that lies whole in a chunk is a view of the chunk and takes no memory", () => {
  const chunk = frames("first", "second");
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  decoder.push(chunk);
  assert.equal(decoder.next()?.buffer, chunk.buffer);
  assert.equal(decoder.next()?.buffer, chunk.buffer);
  assert.equal(decoder.next(), undefined);

  decoder.push(chunk.slice(0, 4));
  assert.equal(decoder.next(), undefined);
  const rest = chunk.slice(4, 9);
  decoder.push(rest);
  assert.equal(decoder.next()?.buffer, rest.buffer);
  assert.equal(decoder.reservedBytes, 0);
});

test("a payload put together from several chunks is memory of its own", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  const [head, tail] = [frames("hello").slice(0, 6), frames("hello").slice(6)];
  decoder.push(head);
  assert.equal(decoder.next(), undefined);
  head.fill(0);
  decoder.push(tail);
  const payload = decoder.next();
  tail.fill(0);
  decoder.push(frames("other"));
  assert.deepEqual(payload, bytesOf("hello"));
  assert.deepEqual(drain(decoder), ["other"]);
});

test("unread payloads survive the chunk being overwritten once they are kept", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  const chunk = frames("sign in", "next", "last");
  decoder.push(chunk.subarray(0, chunk.length - 2));
  assert.deepEqual(decoder.next(), bytesOf("sign in"));
  decoder.keep();
  const end = chunk.slice(-2);
  chunk.fill(0xff);
  assert.equal(decoder.bufferedBytes, 4 + 4 + 4 + 2);
  assert.equal(decoder.reservedBytes, decoder.bufferedBytes);
  decoder.push(end);
  assert.deepEqual(drain(decoder), ["next", "last"]);
  assert.equal(decoder.reservedBytes, 0);
});

test("what is kept is told from what is borrowed, chunk after chunk", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  decoder.push(frames("kept"));
  decoder.keep();
  assert.deepEqual(decoder.next(), bytesOf("kept"));
  const chunk = frames("borrowed");
  decoder.push(chunk);
  assert.equal(decoder.reservedBytes, 0);
  decoder.keep();
  chunk.fill(0xff);
  assert.equal(decoder.reservedBytes, decoder.bufferedBytes);
  assert.deepEqual(drain(decoder), ["borrowed"]);
});

test("a chunk pushed behind unread payloads waits its turn", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  decoder.push(frames("one", "two"));
  assert.deepEqual(decoder.next(), bytesOf("one"));
  decoder.push(frames("three"));
  decoder.push(new Uint8Array(0));
  decoder.push(frames("four"));
  assert.deepEqual(drain(decoder), ["two", "three", "four"]);
});

test("a length of zero is an error", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  decoder.push(join([frames("fine"), new Uint8Array(4)]));
  assert.deepEqual(decoder.next(), bytesOf("fine"));
  assert.throws(() => decoder.next(), { code: "frame_empty" });
});

test("a length over the limit is an error as soon as its four bytes are known", () => {
  for (const header of [
    [0xff, 0xff, 0xff, 0xff],
    [0x80, 0, 0, 0],
    [0x7f, 0xff, 0xff, 0xff],
    [0, 0, 0x04, 0x01],
  ]) {
    const decoder = new FrameDecoder({ maxFrameBytes: KIB });
    decoder.push(Uint8Array.from(header.slice(0, 3)));
    assert.equal(decoder.next(), undefined);
    decoder.push(Uint8Array.from(header.slice(3)));
    assert.throws(() => decoder.next(), { code: "frame_too_large" });
    assert.equal(decoder.reservedBytes, 0);
  }
});

test("a decoder that failed holds nothing and repeats its error for ever", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  decoder.push(join([PREFIX_OF_A_MIB, frames("unreachable")]));
  const failure = catchError(() => decoder.next());
  assert.equal(decoder.bufferedBytes, 0);
  assert.equal(
    catchError(() => decoder.next()),
    failure,
  );
  assert.equal(
    catchError(() => decoder.push(frames("more"))),
    failure,
  );
  assert.equal(
    catchError(() => decoder.next()),
    failure,
  );
});

test("a new limit holds from the next length on, within the same chunk", () => {
  const large = "x".repeat(2 * KIB);
  const decoder = new FrameDecoder({ maxFrameBytes: KIB });
  decoder.push(frames("sign in", large, large, "y"));
  assert.deepEqual(decoder.next(), bytesOf("sign in"));
  decoder.setMaxFrameBytes(MIB);
  assert.deepEqual(decoder.next(), bytesOf(large));
  decoder.setMaxFrameBytes(KIB);
  assert.throws(() => decoder.next(), { code: "frame_too_large" });
});

test("a limit that is lowered does not cut a frame already begun", () => {
  const large = "x".repeat(2 * KIB);
  const stream = frames(large);
  const decoder = new FrameDecoder({ maxFrameBytes: MIB });
  decoder.push(stream.subarray(0, 100));
  assert.equal(decoder.next(), undefined);
  decoder.setMaxFrameBytes(KIB);
  decoder.push(stream.subarray(100));
  assert.deepEqual(drain(decoder), [large]);
});

test("a limit that is no length is refused", () => {
  for (const maxFrameBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32]) {
    assert.throws(() => new FrameDecoder({ maxFrameBytes }), RangeError);
    const decoder = new FrameDecoder({ maxFrameBytes: 1 });
    assert.throws(() => decoder.setMaxFrameBytes(maxFrameBytes), RangeError);
  }
  assert.doesNotThrow(() => new FrameDecoder({ maxFrameBytes: 2 ** 32 - 1 }));
});

test("a prefix of a mebibyte and then silence takes no memory", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: MIB });
  decoder.push(PREFIX_OF_A_MIB);
  assert.equal(decoder.next(), undefined);
  assert.equal(decoder.reservedBytes, 0);
  assert.equal(decoder.bufferedBytes, 4);
  decoder.push(Uint8Array.of(1));
  assert.equal(decoder.next(), undefined);
  assert.equal(decoder.reservedBytes, KIB);
  assert.equal(decoder.bufferedBytes, 5);
});

test("memory for an unfinished frame grows with what was received and ends at its length", () => {
  const decoder = new FrameDecoder({ maxFrameBytes: MIB });
  decoder.push(PREFIX_OF_A_MIB);
  const chunk = new Uint8Array(1000);
  const reservations = new Set<number>();
  let received = 0;
  while (received + chunk.length < MIB) {
    decoder.push(chunk);
    received += chunk.length;
    assert.equal(decoder.next(), undefined);
    assert.equal(decoder.bufferedBytes, 4 + received);
    assert.ok(decoder.reservedBytes <= Math.min(MIB, Math.max(KIB, 2 * received)));
    reservations.add(decoder.reservedBytes);
  }
  // From 1 KiB to 1 MiB by doubling: what came early is not copied again for every chunk.
  assert.equal(reservations.size, 11);
  decoder.push(new Uint8Array(MIB - received));
  assert.equal(decoder.next()?.length, MIB);
  assert.equal(decoder.bufferedBytes, 0);
  assert.equal(decoder.reservedBytes, 0);
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}
