import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Database } from "../../storage/database.ts";
import { conversationOfRoom, type LogEntry } from "../../storage/log-entry.ts";
import { makeRoom, makeUsers, newId, openTestStorage, toRoom } from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { toEvent } from "../conversations/log-rules.ts";
import { readLog } from "../conversations/log-store.ts";
import { inviteToRoomOperation } from "../invitations/invitation-store.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import { banMemberOperation, updateMemberRoleOperation } from "./member-administration-store.ts";
import { deleteRoomOperation, updateRoomOperation } from "./room-administration-store.ts";
import type { RoomChange } from "./room-rules.ts";
import { findRoom, joinRoomOperation, leaveRoomOperation } from "./room-store.ts";

const update = (db: Database, roomId: RoomId, { id: userId }: TestUser, wanted: RoomChange) =>
  db.write(updateRoomOperation, { roomId, userId, wanted });

async function lastEvent(db: Database, roomId: RoomId) {
  const log = await readLog(db, { conversationId: conversationOfRoom(roomId), limit: 1 });
  const [entry] = log.entries;
  assert(entry !== undefined);
  return toEvent(entry);
}

test("an owner changes a room, and the log says what is different", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann, { name: "Den" });
  const changed = await update(db, room, ann, {
    name: "Lair",
    description: "cosy",
    isPrivate: true,
    maxMembers: 5,
    moderated: true,
    joinRole: "moderator",
  });
  assert.deepEqual(
    [changed.name, changed.description, changed.isPrivate, changed.maxMembers, changed.moderated],
    ["Lair", "cosy", true, 5, true],
  );
  assert.deepEqual(await findRoom(db, room), changed);
  const event = await lastEvent(db, room);
  assert(event.type === "room_updated");
  assert.deepEqual([event.changed_by, event.seq, event.room.name], [ann.id, 2, "Lair"]);
  assert.deepEqual(event.changes, [
    "name",
    "description",
    "settings.public",
    "settings.max_members",
    "settings.moderated",
    "settings.join_role",
  ]);
});

test("a change that changes nothing is told to nobody", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann, { name: "Den" });
  const told: LogEntry[] = [];
  db.onCommit((entries) => told.push(...entries));
  await update(db, room, ann, {});
  await update(db, room, ann, { name: "Den", isPrivate: false, description: null });
  assert.deepEqual(told, []);
});

test("a description and a limit can be taken away again", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  await update(db, room, ann, { description: "x", maxMembers: 3 });
  const { description, maxMembers } = await update(db, room, ann, {
    description: null,
    maxMembers: null,
  });
  assert.deepEqual([description, maxMembers], [null, null]);
});

test("a room may have its own name in another spelling, and nobody else's", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  await makeRoom(db, ann, { name: "Taken" });
  const room = await makeRoom(db, ann, { name: "Den" });
  assert.equal((await update(db, room, ann, { name: "DEN" })).name, "DEN");
  await assert.rejects(update(db, room, ann, { name: "tAKEN", description: "x" }), {
    code: "room_name_taken",
  });
  const row = await findRoom(db, room);
  assert.deepEqual([row?.name, row?.description], ["DEN", null]);
});

test("a room is not made smaller than it is full", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  await assert.rejects(update(db, room, ann, { maxMembers: 1 }), {
    code: "validation_failed",
    details: { field: "settings.max_members" },
  });
  assert.equal((await update(db, room, ann, { maxMembers: 2 })).maxMembers, 2);
});

test("only owners change or delete a room", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, cid } = await makeUsers(db, "ann", "bob", "cid");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const promotion = { roomId: room, userId: ann.id, targetId: bob.id, role: "moderator" } as const;
  await db.write(updateMemberRoleOperation, promotion);
  await assert.rejects(update(db, room, bob, { name: "Bob's" }), { code: "permission_denied" });
  await assert.rejects(update(db, room, cid, { name: "Cid's" }), { code: "not_room_member" });
  for (const [{ id: userId }, code] of [
    [bob, "permission_denied"],
    [cid, "not_room_member"],
  ] as const) {
    const args = { roomId: room, userId, right: "room.delete" } as const;
    await assert.rejects(db.write(deleteRoomOperation, args), { code });
    const forced = { ...args, right: "room.force_delete" } as const;
    await assert.rejects(db.write(deleteRoomOperation, forced), { code: "permission_denied" });
  }
});

test("whoever made a room and has left it has no rights in it any more", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const promotion = { roomId: room, userId: ann.id, targetId: bob.id, role: "owner" } as const;
  await db.write(updateMemberRoleOperation, promotion);
  await db.write(leaveRoomOperation, { roomId: room, userId: ann.id });
  const args = { roomId: room, userId: ann.id, right: "room.delete" } as const;
  await assert.rejects(db.write(deleteRoomOperation, args), { code: "not_room_member" });
  assert.equal((await findRoom(db, room))?.ownerId, bob.id);
});

test("a room is deleted with everything in it, and its name is free", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, cid, dan } = await makeUsers(db, "ann", "bob", "cid", "dan");
  const room = await makeRoom(db, ann, { name: "Den" });
  const other = await makeRoom(db, ann, { name: "Other" });
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  for (const where of [room, other]) {
    await db.write(appendMessageOperation, toRoom(where, ann, "hello"));
  }
  const by = { roomId: room, userId: ann.id };
  await db.write(banMemberOperation, { ...by, targetId: dan.id, reason: "no" });
  const invitationId = newId.room() as string as never;
  const invitation = { invitationId, roomId: room, inviterId: ann.id, message: null };
  await db.write(inviteToRoomOperation, { ...invitation, inviteeId: cid.id });
  const gone = await db.write(deleteRoomOperation, { ...by, right: "room.delete" });
  assert.equal(gone.name, "Den");
  assert.deepEqual(new Set(gone.memberIds), new Set([ann.id, bob.id]));
  assert.deepEqual(
    gone.invitations.map(({ inviteeId }) => inviteeId),
    [cid.id],
  );
  const { rooms, conversations, invitations, roomBans, logEntries, members } = db.tables;
  const counts = [rooms, conversations, invitations, roomBans, logEntries, members];
  const left = await Promise.all(counts.map((table) => db.read.$count(table)));
  assert.deepEqual(left, [1, 1, 0, 0, 2, 1]);
  await makeRoom(db, bob, { name: "Den" });
  await assert.rejects(db.write(deleteRoomOperation, { ...by, right: "room.delete" }), {
    code: "room_not_found",
  });
});
