import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { ConversationId, MessageId, RoomId } from "@lair-chat/protocol/ids.ts";
import type { LoggedEvent } from "@lair-chat/protocol/registry.ts";
import type { Database } from "../../storage/database.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import {
  makeRoom,
  makeUsers,
  newId,
  openTestStorage,
  temporaryFolder,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { encodeContent, toEvent, toMessage } from "../conversations/log-rules.ts";
import { headOf, readLog, readMessages } from "../conversations/log-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import { blockUserOperation } from "../users/block-store.ts";
import { deleteMessageOperation, editMessageOperation } from "./message-change-store.ts";
import { appendMessageOperation } from "./message-store.ts";

async function said(db: Database, room: RoomId, user: TestUser, content: string) {
  const { entry } = await db.write(appendMessageOperation, toRoom(room, user, content));
  return idOf(entry);
}

function idOf({ messageId }: LogEntry): MessageId {
  assert.ok(messageId !== null);
  return messageId;
}

function edit(db: Database, messageId: MessageId, by: TestUser, content: string) {
  return db.write(editMessageOperation, { messageId, by, payload: encodeContent(content) });
}

function erase(db: Database, messageId: MessageId, by: TestUser) {
  return db.write(deleteMessageOperation, { messageId, by });
}

/** The whole log as its readers see it; it must be dense. */
async function logOf(db: Database, id: RoomId | ConversationId): Promise<readonly LoggedEvent[]> {
  const conversationId = id as ConversationId;
  const { entries } = await readLog(db, { conversationId, after: 0, limit: 500 });
  const events = entries.map(toEvent);
  const { seq: head } = await headOf(db, conversationId);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    Array.from({ length: head }, (_, index) => index + 1),
  );
  return events;
}

test("an edit is told with the message as it is, and read at both of its places", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const id = await said(db, room, ann, "helo");
  const told: LogEntry[] = [];
  db.onCommit((committed) => told.push(...committed));
  const message = toMessage(await edit(db, id, ann, "hello"));
  assert.deepEqual([message.content, message.edited, message.seq], ["hello", true, 2]);
  const [pushed] = told.map(toEvent);
  assert.ok(pushed?.type === "message_edited");
  assert.deepEqual([pushed.message, pushed.seq], [message, 3]);
  await edit(db, id, ann, "hello!");
  const [, original, ...edits] = await logOf(db, room);
  assert.ok(original?.type === "message_received");
  assert.deepEqual([original.message.content, original.message.edited], ["hello!", true]);
  for (const event of edits) {
    assert.ok(event.type === "message_edited");
    assert.deepEqual(event.message, original.message);
  }
  const conversationId = room as string as ConversationId;
  const { entries } = await readMessages(db, { conversationId, limit: 9 });
  assert.deepEqual(entries.map(toMessage), [original.message]);
});

test("an edit that changes nothing is not told", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const id = await said(db, room, ann, "hello");
  assert.equal(toMessage(await edit(db, id, ann, "hello")).edited, false);
  await edit(db, id, ann, "bye");
  assert.equal(toMessage(await edit(db, id, ann, "bye")).edited, true);
  assert.equal((await logOf(db, room)).length, 3);
});

test("what was deleted is gone from every place of the log, and its place stays", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const id = await said(db, room, bob, "first");
  await edit(db, id, bob, "second");
  await erase(db, id, ann);
  const [, , ...events] = await logOf(db, room);
  assert.deepEqual(
    events.map((event) => [event.type, event.seq]),
    [
      ["message_deleted", 3],
      ["message_deleted", 4],
      ["message_deleted", 5],
    ],
  );
  for (const event of events) {
    assert.ok(event.type === "message_deleted");
    assert.deepEqual([event.message_id, event.message_seq, event.deleted_by], [id, 3, ann.id]);
  }
  const conversationId = room as string as ConversationId;
  assert.deepEqual((await readMessages(db, { conversationId, limit: 9 })).entries, []);
  await assert.rejects(edit(db, id, bob, "third"), { code: "message_deleted" });
  await assert.rejects(erase(db, id, ann), { code: "message_deleted" });
});

test("a late retry of a send is told what became of its message", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const args = toRoom(room, ann, "once");
  const { entry } = await db.write(appendMessageOperation, args);
  await edit(db, idOf(entry), ann, "twice");
  const retried = await db.write(appendMessageOperation, { ...args, messageId: newId.message() });
  assert.equal(retried.repeated, true);
  assert.equal(toMessage(retried.entry).content, "twice");
  const other = { ...args, payload: encodeContent("twice") };
  await assert.rejects(db.write(appendMessageOperation, other), { code: "id_conflict" });
  await erase(db, idOf(entry), ann);
  assert.equal((await db.write(appendMessageOperation, args)).entry.kind, "erased");
});

test("in a direct conversation both see a change, and only the author makes one", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, eve } = await makeUsers(db, "ann", "bob", "eve");
  const { entry } = await db.write(appendMessageOperation, toUser(bob.id, ann, "hi"));
  const id = idOf(entry);
  await assert.rejects(edit(db, id, bob, "no"), { code: "not_message_author" });
  await assert.rejects(erase(db, id, bob), { code: "permission_denied" });
  await assert.rejects(edit(db, id, eve, "no"), { code: "message_not_found" });
  await assert.rejects(erase(db, id, eve), { code: "message_not_found" });
  await edit(db, id, ann, "hello");
  await db.write(blockUserOperation, { blockerId: bob.id, blockedId: ann.id });
  await assert.rejects(edit(db, id, ann, "again"), { code: "user_blocked" });
  await erase(db, id, ann);
  const events = await logOf(db, entry.conversationId);
  for (const event of events) {
    assert.ok(event.type === "message_deleted");
    assert.deepEqual(event.target, { type: "dm", recipient: bob.id });
  }
});

test("rights are those of the moment of the change", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, eve } = await makeUsers(db, "ann", "bob", "eve");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const id = await said(db, room, bob, "mine");
  await assert.rejects(erase(db, id, eve), { code: "permission_denied" });
  await assert.rejects(edit(db, id, ann, "yours"), { code: "not_message_author" });
  await db.write(leaveRoomOperation, { roomId: room, userId: bob.id });
  await assert.rejects(edit(db, id, bob, "still"), { code: "not_room_member" });
  await assert.rejects(erase(db, id, bob), { code: "permission_denied" });
  await assert.rejects(edit(db, newId.message(), ann, "?"), { code: "message_not_found" });
  await erase(db, id, ann);
});

test("to those outside a private room its messages do not exist", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, eve } = await makeUsers(db, "ann", "eve");
  const room = await makeRoom(db, ann, { isPrivate: true });
  const id = await said(db, room, ann, "psst");
  for (const change of [edit(db, id, eve, "?"), erase(db, id, eve)]) {
    await assert.rejects(change, { code: "message_not_found" });
  }
});

/** Every length between nothing and four kilobytes, in no order. */
function texts(name: string, index: number): string {
  return `${name}-${index}-`.repeat(1 + ((index * 7919) % 250)).slice(0, 4000);
}

test("neither deleted content nor replaced content is left in the database's files", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const count = 1_000;
  const edited = (index: number) => index % 2 === 0;
  const erased = (index: number) => index % 3 !== 0;
  {
    await using storage = await openTestStorage({ file });
    const { db } = storage;
    const { ann } = await makeUsers(db, "ann");
    const rooms = await Promise.all([1, 2, 3].map(() => makeRoom(db, ann)));
    const all = Array.from({ length: count }, (_, index) => index);
    const ids = await Promise.all(
      all.map((index) => said(db, rooms[index % 3] ?? newId.room(), ann, texts("SENT", index))),
    );
    const each = (
      which: (index: number) => boolean,
      act: (id: MessageId, index: number) => unknown,
    ) => Promise.all(ids.map((id, index) => which(index) && act(id, index)));
    await each(edited, (id, index) => edit(db, id, ann, texts("EDITED", index * 3 + 1)));
    await each(edited, (id, index) => edit(db, id, ann, texts("EDITED", index * 3 + 2)));
    await each(erased, (id) => erase(db, id, ann));
  }
  const allowed = (name: string, number: number) => {
    const index = name === "SENT" ? number : Math.floor(number / 3);
    const isNewest = name === "SENT" ? !edited(index) : number % 3 === 2;
    return isNewest && !erased(index);
  };
  const seen = new Set<string>();
  for (const name of readdirSync(folder.path)) {
    const bytes = readFileSync(path.join(folder.path, name)).toString("latin1");
    for (const [text, kind = "", number] of bytes.matchAll(/(SENT|EDITED)-(\d+)-/g)) {
      if (!allowed(kind, Number(number))) assert.fail(`${text} is still in ${name}`);
      seen.add(text);
    }
  }
  assert.ok(seen.size > count / 4, "what was not deleted must be there");
});
