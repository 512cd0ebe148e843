import assert from "node:assert/strict";
import { test } from "node:test";
import {
  makeRoom,
  makeUsers,
  newId,
  openTestStorage,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import { toMessage } from "../conversations/log-rules.ts";
import { joinRoomOperation } from "../rooms/room-store.ts";
import { appendMessageOperation } from "./message-store.ts";

test("only members write to a room, and a private one does not exist for others", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, eve } = await makeUsers(db, "ann", "eve");
  const open = await makeRoom(db, ann);
  const hidden = await makeRoom(db, ann, { isPrivate: true });
  const send = (...args: Parameters<typeof toRoom>) =>
    db.write(appendMessageOperation, toRoom(...args));
  assert.equal((await send(open, ann, "hi")).entry.seq, 2);
  assert.equal((await send(hidden, ann, "hi")).entry.seq, 2);
  await assert.rejects(send(open, eve, "hi"), { code: "not_room_member" });
  await assert.rejects(send(hidden, eve, "hi"), { code: "room_not_found" });
  await assert.rejects(send(newId.room(), eve, "hi"), { code: "room_not_found" });
});

test("membership is what it is when the message is stored, not when it was asked about", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  const [early, , late] = await Promise.allSettled([
    db.write(appendMessageOperation, toRoom(room, bob, "too early")),
    db.write(joinRoomOperation, { roomId: room, userId: bob.id }),
    db.write(appendMessageOperation, toRoom(room, bob, "now")),
  ]);
  assert.deepEqual([early.status, late.status], ["rejected", "fulfilled"]);
});

test("a direct message needs somebody else who exists", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  await assert.rejects(db.write(appendMessageOperation, toUser(newId.user(), ann, "hi")), {
    code: "user_not_found",
  });
  await assert.rejects(db.write(appendMessageOperation, toUser(ann.id, ann, "hi")), {
    code: "validation_failed",
  });
  assert.equal(await db.read.$count(db.tables.conversations), 0);
  const { entry } = await db.write(appendMessageOperation, toUser(bob.id, ann, "hi"));
  assert.deepEqual(toMessage(entry).target, { type: "dm", recipient: bob.id });
});

test("a room cannot be reached as a direct conversation, nor the other way round", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const { entry } = await db.write(appendMessageOperation, toUser(bob.id, ann, "hi"));
  const asRoom = { ...toRoom(newId.room(), ann, "hi") };
  const roomId = entry.conversationId as string as ReturnType<typeof newId.room>;
  await assert.rejects(
    db.write(appendMessageOperation, { ...asRoom, target: { kind: "room", roomId } }),
    { code: "room_not_found" },
  );
});
