import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import fc from "fast-check";
import { messageFrame } from "./frame-batch.ts";
import { type Push, PushBatch } from "./push.ts";

const roomId = "0198c0de-0000-7000-8000-000000000001" as ConversationId;

const other = (number: number): Push => messageFrame({ other: number });
const message = (number: number, size: number): Push => ({
  eventText: () => JSON.stringify({ single: number }),
  rowText: JSON.stringify([number, "x".repeat(size)]),
});
const direct = (number: number): Push => ({
  eventText: () => JSON.stringify({ single: number }),
  rowText: undefined,
});

/** What each frame says, taken apart. */
function said(frames: readonly Uint8Array[]): readonly number[] {
  return frames.flatMap((frame) => {
    assert.equal(Buffer.from(frame).readUInt32BE(), frame.length - 4);
    const payload = JSON.parse(Buffer.from(frame.subarray(4)).toString()) as {
      readonly other?: number;
      readonly single?: number;
      readonly messages?: readonly [number][];
    };
    const { other: o, single, messages } = payload;
    return messages === undefined ? [o ?? single ?? Number.NaN] : messages.map(([n]) => n);
  });
}

test("both forms say everything once and in its order", () => {
  const kinds = fc.constantFrom("other", "message", "direct");
  const turn = fc.array(fc.tuple(kinds, fc.nat(6_000)), { maxLength: 60 });
  fc.assert(
    fc.property(turn, (things) => {
      const pushes = things.map(([kind, size], number) => {
        if (kind === "other") return other(number);
        return kind === "direct" ? direct(number) : message(number, size);
      });
      const batch = new PushBatch(roomId, pushes);
      const all = things.map((_, number) => number);
      assert.deepEqual(said(batch.packed.frames), all);
      assert.deepEqual(said(batch.single.frames), all);
    }),
  );
});

test("messages that follow each other share frames, and no frame grows beyond what a client takes", () => {
  const batch = new PushBatch(
    roomId,
    Array.from({ length: 100 }, (_, number) => message(number, 200)),
  );
  assert.ok(batch.packed.frames.length < 10);
  const largest = new PushBatch(roomId, [message(1, limits.contentBytes), message(2, 1_000)]);
  assert.equal(largest.packed.frames.length, 2);
  assert.ok(largest.packed.frames.every(({ length }) => length <= limits.frameBytes));
});

test("a form that nobody reads is not made, and the other only once", () => {
  let made = 0;
  const counted: Push = {
    eventText: () => {
      made += 1;
      return "{}";
    },
    rowText: "[1]",
  };
  const batch = new PushBatch(roomId, [counted]);
  assert.equal(batch.packed, batch.packed);
  assert.equal(made, 0);
  assert.equal(batch.single, batch.single);
  assert.equal(made, 1);
});
