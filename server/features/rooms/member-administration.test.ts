import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import type { Database } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { makeRoom, makeUsers, newId, openTestStorage } from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { roleIn } from "../conversations/conversation-store.ts";
import { toEvent } from "../conversations/log-rules.ts";
import { readLog } from "../conversations/log-store.ts";
import {
  banMemberOperation,
  removeMemberOperation,
  transferOwnershipOperation,
  updateMemberRoleOperation,
} from "./member-administration-store.ts";
import { listBans, unbanMemberOperation } from "./room-ban-store.ts";
import { findRoom, joinRoomOperation, leaveRoomOperation } from "./room-store.ts";

/** A room with owner ann, moderators mod and mad, members bob and cid, and dan outside. */
async function openRoom() {
  const storage = await openTestStorage();
  const { db } = storage;
  const people = await makeUsers(db, "ann", "mod", "mad", "bob", "cid", "dan");
  const room = await makeRoom(db, people.ann);
  for (const { id: userId } of [people.mod, people.mad, people.bob, people.cid]) {
    await db.write(joinRoomOperation, { roomId: room, userId });
  }
  for (const moderator of [people.mod, people.mad]) {
    await setRole(db, room, [people.ann, moderator], "moderator");
  }
  return {
    ...people,
    db,
    room,
    roleOf: (user: TestUser) => roleIn(db, conversationOfRoom(room), user.id),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

type Pair = readonly [who: TestUser, whom: TestUser];
const onMember = (roomId: RoomId, [who, whom]: Pair) => ({
  roomId,
  userId: who.id,
  targetId: whom.id,
});
const setRole = (db: Database, room: RoomId, pair: Pair, role: RoomRole) =>
  db.write(updateMemberRoleOperation, { ...onMember(room, pair), role });
const kick = (db: Database, room: RoomId, ...pair: Pair) =>
  db.write(removeMemberOperation, onMember(room, pair));
const ban = (db: Database, room: RoomId, ...pair: Pair) =>
  db.write(banMemberOperation, { ...onMember(room, pair), reason: null });

async function lastEvents(db: Database, roomId: RoomId, count: number) {
  const log = await readLog(db, { conversationId: conversationOfRoom(roomId), limit: count });
  return log.entries.map(toEvent);
}

test("an owner changes what a member is, and the log says so", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const { member, username } = await setRole(db, room, [ann, bob], "moderator");
  assert.deepEqual(
    [member.role, username, await at.roleOf(bob)],
    ["moderator", "bob", "moderator"],
  );
  const [event] = await lastEvents(db, room, 1);
  assert(event?.type === "member_role_changed");
  assert.deepEqual(
    [event.user_id, event.username, event.old_role, event.new_role, event.changed_by],
    [bob.id, "bob", "member", "moderator", ann.id],
  );
});

test("the role one has already is given without a word", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const before = await lastEvents(db, room, 100);
  await setRole(db, room, [ann, bob], "member");
  assert.equal((await lastEvents(db, room, 100)).length, before.length);
});

test("only owners give roles, to others, and to those who are in the room", async () => {
  await using at = await openRoom();
  const { db, room, ann, mod, bob, dan } = at;
  await assert.rejects(setRole(db, room, [mod, bob], "moderator"), { code: "permission_denied" });
  await assert.rejects(setRole(db, room, [bob, bob], "owner"), { code: "permission_denied" });
  await assert.rejects(setRole(db, room, [dan, bob], "owner"), { code: "not_room_member" });
  await assert.rejects(setRole(db, room, [ann, ann], "member"), { code: "permission_denied" });
  await assert.rejects(setRole(db, room, [ann, dan], "member"), { code: "not_room_member" });
  const nobody = { id: newId.user(), username: "nobody" };
  await assert.rejects(setRole(db, room, [ann, nobody], "member"), { code: "user_not_found" });
});

test("an owner of record who is demoted is followed by another owner", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  await setRole(db, room, [ann, bob], "owner");
  assert.equal((await findRoom(db, room))?.ownerId, ann.id);
  await setRole(db, room, [bob, ann], "member");
  assert.equal((await findRoom(db, room))?.ownerId, bob.id);
});

test("of two owners who demote each other at once one stays", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  await setRole(db, room, [ann, bob], "owner");
  const results = await Promise.allSettled([
    setRole(db, room, [ann, bob], "member"),
    setRole(db, room, [bob, ann], "member"),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
  assert.deepEqual([await at.roleOf(ann), await at.roleOf(bob)], ["owner", "member"]);
});

test("ownership goes to a member, and who gave it is a moderator", async () => {
  await using at = await openRoom();
  const { db, room, ann, mod, bob, dan } = at;
  for (const whom of [ann, dan]) {
    await assert.rejects(db.write(transferOwnershipOperation, onMember(room, [ann, whom])));
  }
  await assert.rejects(db.write(transferOwnershipOperation, onMember(room, [mod, bob])), {
    code: "permission_denied",
  });
  const { ownerId } = await db.write(transferOwnershipOperation, onMember(room, [ann, bob]));
  assert.equal(ownerId, bob.id);
  assert.deepEqual([await at.roleOf(ann), await at.roleOf(bob)], ["moderator", "owner"]);
  const events = await lastEvents(db, room, 2);
  assert.deepEqual(
    events.map((event) => event.type === "member_role_changed" && [event.username, event.new_role]),
    [
      ["bob", "owner"],
      ["ann", "moderator"],
    ],
  );
});

test("ownership of record goes to whom it was given, and not to an older owner", async () => {
  await using at = await openRoom();
  const { db, room, ann, mod, bob, cid } = at;
  await setRole(db, room, [ann, mod], "owner");
  await db.write(transferOwnershipOperation, onMember(room, [ann, bob]));
  assert.equal((await findRoom(db, room))?.ownerId, bob.id);
  await db.write(transferOwnershipOperation, onMember(room, [mod, cid]));
  assert.equal((await findRoom(db, room))?.ownerId, bob.id);
});

test("moderators remove members, owners anybody else, and nobody himself", async () => {
  await using at = await openRoom();
  const { db, room, ann, mod, mad, bob, cid, dan } = at;
  const no = { code: "permission_denied" };
  for (const act of [kick, ban]) {
    await assert.rejects(act(db, room, bob, cid), no);
    await assert.rejects(act(db, room, bob, dan), no);
    await assert.rejects(act(db, room, mod, mad), no);
    await assert.rejects(act(db, room, mod, ann), no);
    for (const who of [ann, mod, bob]) await assert.rejects(act(db, room, who, who), no);
    await assert.rejects(act(db, room, dan, bob), { code: "not_room_member" });
  }
  await assert.rejects(kick(db, room, mod, dan), { code: "not_room_member" });
  await kick(db, room, mod, bob);
  await kick(db, room, ann, mad);
  await setRole(db, room, [ann, cid], "owner");
  await kick(db, room, cid, ann);
  const row = await findRoom(db, room);
  assert.deepEqual([row?.ownerId, row?.memberCount], [cid.id, 2]);
});

test("who was removed may come back; who was banned may not, until unbanned", async () => {
  await using at = await openRoom();
  const { db, room, ann, mod, bob, cid } = at;
  await kick(db, room, mod, bob);
  await ban(db, room, mod, cid);
  const events = await lastEvents(db, room, 2);
  assert.deepEqual(
    events.map((event) => event.type === "user_left_room" && [event.username, event.reason]),
    [
      ["bob", "kicked"],
      ["cid", "banned"],
    ],
  );
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  await assert.rejects(db.write(joinRoomOperation, { roomId: room, userId: cid.id }), {
    code: "room_banned",
  });
  await db.write(unbanMemberOperation, onMember(room, [ann, cid]));
  await db.write(unbanMemberOperation, onMember(room, [ann, cid]));
  const { membership } = await db.write(joinRoomOperation, { roomId: room, userId: cid.id });
  assert.equal(membership.role, "member");
});

test("bans are listed with who made them first and why", async () => {
  await using at = await openRoom();
  const { db, room, ann, mod, bob, dan } = at;
  const args = onMember(room, [mod, dan]);
  await db.write(banMemberOperation, { ...args, reason: "spam" });
  await db.write(banMemberOperation, { ...args, userId: ann.id, reason: "again" });
  await ban(db, room, ann, bob);
  const { bans, total } = await listBans(db, room, { limit: 10, offset: 0 });
  assert.deepEqual(
    bans.map(({ username, bannedBy, reason }) => [username, bannedBy, reason]),
    [
      ["bob", ann.id, null],
      ["dan", mod.id, "spam"],
    ],
  );
  const page = await listBans(db, room, { limit: 1, offset: 1 });
  assert.deepEqual([total, page.total, page.bans[0]?.username], [2, 2, "dan"]);
  await assert.rejects(
    db
      .write(unbanMemberOperation, onMember(room, [mod, dan]))
      .then(() => db.write(unbanMemberOperation, onMember(room, [bob, dan]))),
    { code: "not_room_member" },
  );
});

test("a ban of nobody is a mistake", async () => {
  await using at = await openRoom();
  const nobody = { id: newId.user(), username: "nobody" };
  await assert.rejects(ban(at.db, at.room, at.ann, nobody), { code: "user_not_found" });
});

test("the last owner stays an owner as long as there are others", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  await assert.rejects(db.write(leaveRoomOperation, { roomId: room, userId: ann.id }), {
    code: "last_owner",
  });
  await setRole(db, room, [ann, bob], "owner");
  const results = await Promise.allSettled(
    [ann, bob].map(({ id: userId }) => db.write(leaveRoomOperation, { roomId: room, userId })),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
});
