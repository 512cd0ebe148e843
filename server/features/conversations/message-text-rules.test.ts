import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  ClientId,
  ConversationId,
  MessageId,
  RoomId,
  UserId,
} from "@lair-chat/protocol/ids.ts";
import { roomMessagesText } from "@lair-chat/protocol/messages/packed-text.ts";
import { unpackMessages } from "@lair-chat/protocol/messages/unpack.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { checkEvent } from "@lair-chat/protocol/validate-incoming.ts";
import fc from "fast-check";
import type { LogEntry } from "../../storage/log-entry.ts";
import { encodeContent, toEvent, toMessage } from "./log-rules.ts";
import { messageText, toPush } from "./message-text-rules.ts";

const id = fc.uuid();
// Everything that has to be escaped in JSON, and what only looks like it.
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "],[", '"}', "\u2028\u2029", "\u0000\u001f", "😀", "</script>"),
);
const roomEntry: fc.Arbitrary<LogEntry> = fc
  .record({
    conversationId: id.map((value) => value as ConversationId),
    messageId: id.map((value) => value as MessageId),
    senderId: id.map((value) => value as UserId),
    senderName: text,
    clientId: fc.option(id.map((value) => value as ClientId)),
    content: text,
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    createdAt: fc.integer({ min: 0, max: 4e12 }),
  })
  .map(({ content, ...rest }) => ({
    ...rest,
    kind: "message" as const,
    payload: encodeContent(content),
    chain: null,
  }));

const pairs = fc.tuple(id, id).map(([a, b]) => [a as UserId, b as UserId] as const);
const anyEntry = fc.oneof(
  roomEntry,
  fc
    .tuple(roomEntry, pairs, fc.boolean())
    .map(([entry, pair, first]): LogEntry => ({ ...entry, pair, senderId: pair[first ? 0 : 1] })),
);

test("a message written piece by piece says what it says as an object", () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      assert.deepEqual(JSON.parse(messageText(entry)), toMessage(entry));
      // It is remembered for the second time it is asked for.
      assert.deepEqual(JSON.parse(messageText(entry)), toMessage(entry));
      assert.deepEqual(JSON.parse(toPush(entry).eventText()), toEvent(entry));
    }),
  );
});

test("messages that are packed come out as the events that they would have been", () => {
  fc.assert(
    fc.property(fc.array(roomEntry, { minLength: 1 }), id, (entries, roomId) => {
      const inRoom = entries.map((entry) => ({
        ...entry,
        conversationId: roomId as RoomId as string as ConversationId,
      }));
      const rows = inRoom.map((entry) => toPush(entry).rowText).join(",");
      const packed = checkEvent(JSON.parse(roomMessagesText(roomId, rows)));
      assert.equal(packed?.type, "room_messages");
      const events = unpackMessages(packed as EventOf<"room_messages">);
      assert.deepEqual(events, inRoom.map(toEvent));
    }),
  );
});

test("messages between two people are not packed", () => {
  fc.assert(
    fc.property(roomEntry, pairs, (entry, pair) => {
      assert.equal(toPush({ ...entry, pair }).rowText, undefined);
    }),
  );
});
