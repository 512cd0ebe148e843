import assert from "node:assert/strict";
import { test } from "node:test";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import {
  makeRoom,
  makeUsers,
  openTestStorage,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import { markReadOperation } from "../messages/read-marker-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import { unreadMessagesOf } from "./unread-store.ts";

test("joins, leaves and one's own messages are nothing to read, nor is what was said before", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, cid } = await makeUsers(db, "ann", "bob", "cid");
  const room = await makeRoom(db, ann);
  const say = (user: typeof ann, text: string) =>
    db.write(appendMessageOperation, toRoom(room, user, text));
  await say(ann, "before");
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  assert.deepEqual((await unreadMessagesOf(db, bob.id)).rooms, new Map());
  await say(bob, "mine");
  await db.write(joinRoomOperation, { roomId: room, userId: cid.id });
  await db.write(leaveRoomOperation, { roomId: room, userId: cid.id });
  assert.deepEqual((await unreadMessagesOf(db, bob.id)).rooms, new Map());
  await say(ann, "yours");
  await db.write(appendMessageOperation, toUser(bob.id, ann, "psst"));
  const id = conversationOfRoom(room);
  assert.deepEqual(await unreadMessagesOf(db, bob.id), {
    rooms: new Map([[id, 1]]),
    users: new Map([[ann.id, 1]]),
  });
  assert.deepEqual((await unreadMessagesOf(db, ann.id)).rooms, new Map([[id, 1]]));
});

test("of very much that is unread a bounded part is counted", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const all = Array.from({ length: 1_200 }, (_, index) =>
    db.write(appendMessageOperation, toRoom(room, ann, `${index}`)),
  );
  await Promise.all(all);
  const id = conversationOfRoom(room);
  assert.deepEqual((await unreadMessagesOf(db, bob.id)).rooms, new Map([[id, 1_000]]));
  // Two joins came before the messages.
  const marked = await db.write(markReadOperation, {
    conversationId: id,
    userId: bob.id,
    seq: 1_192,
  });
  assert.equal(marked.readSeq, 1_192);
  assert.deepEqual((await unreadMessagesOf(db, bob.id)).rooms, new Map([[id, 10]]));
});

test("a marker never goes back, nor beyond the end, whoever moves it at once", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const { entry } = await db.write(appendMessageOperation, toUser(bob.id, ann, "one"));
  for (const text of ["two", "three"]) {
    await db.write(appendMessageOperation, toUser(bob.id, ann, text));
  }
  const { conversationId } = entry;
  const mark = (seq: number) =>
    db.write(markReadOperation, { conversationId, userId: bob.id, seq });
  const marks = await Promise.all([mark(2), mark(1), mark(99), mark(0)]);
  assert.deepEqual(
    marks.map(({ readSeq }) => readSeq),
    [2, 2, 3, 3],
  );
  const { eve } = await makeUsers(db, "eve");
  const stranger = { conversationId, userId: eve.id, seq: 1 };
  await assert.rejects(db.write(markReadOperation, stranger), { code: "not_room_member" });
});
