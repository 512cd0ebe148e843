import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  ClientId,
  ConversationId,
  MessageId,
  RoomId,
  UserId,
} from "@lair-chat/protocol/ids.ts";
import { events } from "@lair-chat/protocol/registry.ts";
import { Compile } from "typebox/compile";
import type { LogEntry } from "../../storage/log-entry.ts";
import { encodeContent, encodeJoin, encodeLeave, toEvent, toMessage } from "./log-rules.ts";

const conversation = "00000000-0000-7000-8000-000000000001" as ConversationId;
const room = conversation as string as RoomId;
const ann = "00000000-0000-7000-8000-00000000000a" as UserId;
const bob = "00000000-0000-7000-8000-00000000000b" as UserId;

const message: LogEntry = {
  conversationId: conversation,
  kind: "message",
  messageId: "00000000-0000-7000-8000-0000000000ff" as MessageId,
  senderId: ann,
  senderName: "ann",
  clientId: null,
  payload: encodeContent("grüße 👋\u0000"),
  seq: 7,
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  chain: null,
};

const join: LogEntry = {
  ...message,
  kind: "join",
  messageId: null,
  payload: encodeJoin({
    user: {
      id: ann,
      username: "ann",
      role: "user",
      created_at: "2026-01-01T00:00:00.000Z",
      updated_at: "2026-01-01T00:00:00.000Z",
    },
    membership: {
      room_id: room,
      user_id: ann,
      role: "owner",
      joined_at: "2026-01-02T03:04:05.006Z",
    },
  }),
};

const leave: LogEntry = {
  ...join,
  kind: "leave",
  payload: encodeLeave({ user_id: ann, username: "ann", reason: "left" }),
};

const erased: LogEntry = {
  ...message,
  kind: "erased",
  payload: new Uint8Array(),
  deletedBy: bob,
};

const change: LogEntry = {
  ...message,
  messageId: `${message.messageId}/000000001` as MessageId,
  senderId: bob,
  payload: new Uint8Array(),
  seq: 9,
  createdAt: message.createdAt + 1,
};
const edit: LogEntry = { ...change, kind: "edit", subject: { ...message, isEdited: true } };
const deletion: LogEntry = { ...change, kind: "delete", subject: erased };

test("a message in a room is what the wire says it is", () => {
  assert.deepEqual(toEvent(message), {
    type: "message_received",
    message: {
      id: message.messageId,
      author: ann,
      target: { type: "room", room_id: room },
      content: "grüße 👋\u0000",
      edited: false,
      created_at: "2026-01-02T03:04:05.006Z",
      seq: 7,
    },
    author_username: "ann",
    seq: 7,
  });
});

test("the recipient of a direct message is the one who did not write it", () => {
  for (const pair of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    assert.deepEqual(toMessage({ ...message, pair }).target, { type: "dm", recipient: bob });
    const answer = { ...message, pair, senderId: bob };
    assert.deepEqual(toMessage(answer).target, { type: "dm", recipient: ann });
  }
});

test("a message carries the client_id it was sent with", () => {
  const clientId = "00000000-0000-7000-8000-00000000cccc" as ClientId;
  assert.equal(toMessage({ ...message, clientId }).client_id, clientId);
  assert.equal("client_id" in toMessage(message), false);
});

test("a join shows who joined, and nothing that is only theirs", () => {
  const event = toEvent(join);
  assert(event.type === "user_joined_room");
  assert.equal(event.room_id, room);
  assert.equal(event.user.email, "");
  assert.equal(event.user.last_seen_at, null);
  assert.equal(event.membership.role, "owner");
  assert.deepEqual([event.seq, event.created_at], [7, "2026-01-02T03:04:05.006Z"]);
});

test("every kind of entry is an event as it is declared", () => {
  for (const entry of [message, edit, erased, deletion, join, leave]) {
    const { type, ...payload } = toEvent(entry);
    const validator = Compile(events[type].payload);
    assert.deepEqual([...validator.Errors(payload)], [], type);
  }
});

test("an edit says what the message is now, at its own place", () => {
  const event = toEvent(edit);
  assert(event.type === "message_edited");
  assert.deepEqual([event.message.edited, event.message.seq, event.seq], [true, 7, 9]);
  assert.equal(event.created_at, "2026-01-02T03:04:05.007Z");
});

test("an edit of what was erased since says only that", () => {
  assert.deepEqual(toEvent({ ...edit, subject: erased }), toEvent(deletion));
  assert.deepEqual(toEvent(erased), {
    type: "message_deleted",
    message_id: message.messageId,
    message_seq: 7,
    target: { type: "room", room_id: room },
    author: ann,
    deleted_by: bob,
    seq: 7,
    created_at: "2026-01-02T03:04:05.006Z",
  });
});

test("a member who was put out is told by whom; one who left, and an old entry, names nobody", () => {
  const kicked = { user_id: ann, username: "ann", reason: "kicked", by: bob } as const;
  const event = toEvent({ ...leave, payload: encodeLeave(kicked) });
  assert(event.type === "user_left_room");
  assert.deepEqual([event.reason, event.by], ["kicked", bob]);
  assert.equal("by" in toEvent(leave), false);
});

test("an edit of nothing is an error", () => {
  assert.throws(() => toEvent({ ...change, kind: "edit" }), /changes nothing/);
  assert.throws(() => toEvent({ ...change, kind: "delete" }), /changes nothing/);
});

test("what is no message is not taken for one", () => {
  assert.throws(() => toMessage(join), /is no message/);
});

test("damaged content is an error and not another text", () => {
  assert.throws(() => toMessage({ ...message, payload: Uint8Array.of(0xff, 0xfe) }));
});
