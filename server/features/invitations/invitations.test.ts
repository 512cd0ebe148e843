import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId, RoomId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import type { Database } from "../../storage/database.ts";
import { makeRoom, makeUsers, openTestStorage } from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { banMemberOperation, removeMemberOperation } from "../rooms/member-administration-store.ts";
import { updateRoomOperation } from "../rooms/room-administration-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import { blockUserOperation } from "../users/block-store.ts";
import { listInvitations } from "./invitation-list-store.ts";
import { invitationLifetimeMs } from "./invitation-rules.ts";
import {
  acceptInvitationOperation,
  cancelInvitationOperation,
  declineInvitationOperation,
  inviteToRoomOperation,
} from "./invitation-store.ts";

/** A private room of ann's; bob is invited where a test invites him. Time stands until it is moved. */
async function openRoom(settings: { isPrivate?: boolean; maxMembers?: number } = {}) {
  let now = Date.UTC(2026, 0, 2);
  const storage = await openTestStorage({ open: { now: () => now } });
  const { db } = storage;
  const people = await makeUsers(db, "ann", "bob", "cid");
  const room = await makeRoom(db, people.ann, { name: "Den", isPrivate: true, ...settings });
  return {
    ...people,
    db,
    room,
    pass: (ms: number) => {
      now += ms;
    },
    list: (user: TestUser, sent = false) =>
      listInvitations(db, { userId: user.id, sent, now, limit: 10, offset: 0 }),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

async function invite(db: Database, roomId: RoomId, [inviter, invitee]: [TestUser, TestUser]) {
  const { invitation } = await db.write(inviteToRoomOperation, {
    invitationId: v7() as InvitationId,
    roomId,
    inviterId: inviter.id,
    inviteeId: invitee.id,
    message: "come in",
  });
  return invitation.row.id;
}

const accept = (db: Database, invitationId: InvitationId, { id: userId }: TestUser) =>
  db.write(acceptInvitationOperation, { invitationId, userId });
const decline = (db: Database, invitationId: InvitationId, { id: userId }: TestUser) =>
  db.write(declineInvitationOperation, { invitationId, userId });
const cancel = (db: Database, invitationId: InvitationId, { id: userId }: TestUser) =>
  db.write(cancelInvitationOperation, { invitationId, userId });

test("an invitation lets one person into a private room, once", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const id = await invite(db, room, [ann, bob]);
  const [listed] = (await at.list(bob)).invitations;
  assert.deepEqual(
    [listed?.row.id, listed?.roomName, listed?.inviterName, listed?.inviteeName],
    [id, "Den", "ann", "bob"],
  );
  const answered = await accept(db, id, bob);
  assert(answered.kind === "joined");
  assert.deepEqual([answered.joined.membership.role, answered.joined.seq], ["member", 2]);
  await assert.rejects(accept(db, id, bob), { code: "invitation_used" });
  assert.deepEqual(await at.list(bob), { invitations: [], total: 0 });
  await db.write(leaveRoomOperation, { roomId: room, userId: bob.id });
  await assert.rejects(accept(db, id, bob), { code: "invitation_used" });
});

test("nobody is invited twice at once, and somebody who declined again", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const results = await Promise.allSettled([
    invite(db, room, [ann, bob]),
    invite(db, room, [ann, bob]),
  ]);
  assert(results[0]?.status === "fulfilled" && results[1]?.status === "rejected");
  assert.equal(results[1].reason.code, "already_invited");
  assert.deepEqual(await decline(db, results[0].value, bob), { kind: "declined" });
  await assert.rejects(accept(db, results[0].value, bob), { code: "invitation_used" });
  assert.equal((await accept(db, await invite(db, room, [ann, bob]), bob)).kind, "joined");
});

test("an invitation runs out after seven days, which is stored when somebody answers it", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const id = await invite(db, room, [ann, bob]);
  at.pass(invitationLifetimeMs - 1);
  assert.equal((await at.list(bob)).total, 1);
  at.pass(1);
  assert.equal((await at.list(bob)).total, 0);
  await assert.rejects(db.write(joinRoomOperation, { roomId: room, userId: bob.id }), {
    code: "room_not_found",
  });
  assert.equal((await accept(db, id, bob)).kind, "expired");
  const [sent] = (await at.list(ann, true)).invitations;
  assert.deepEqual([sent?.row.status, sent?.row.respondedAt], ["expired", null]);
  await assert.rejects(accept(db, id, bob), { code: "invitation_expired" });
  await assert.rejects(decline(db, id, bob), { code: "invitation_expired" });
});

test("an invitation that has run out makes place for another", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const first = await invite(db, room, [ann, bob]);
  at.pass(invitationLifetimeMs);
  const { expired } = await db.write(inviteToRoomOperation, {
    invitationId: v7() as InvitationId,
    roomId: room,
    inviterId: ann.id,
    inviteeId: bob.id,
    message: null,
  });
  assert.equal(expired?.id, first);
  assert.equal((await at.list(bob)).total, 1);
});

test("invitations are for their invitee, and are taken back by those who may invite", async () => {
  await using at = await openRoom({ isPrivate: false });
  const { db, room, ann, bob, cid } = at;
  const id = await invite(db, room, [ann, bob]);
  await assert.rejects(accept(db, id, cid), { code: "not_invitee" });
  await assert.rejects(decline(db, id, ann), { code: "not_invitee" });
  await assert.rejects(cancel(db, id, cid), { code: "permission_denied" });
  await assert.rejects(cancel(db, id, bob), { code: "permission_denied" });
  assert.equal((await cancel(db, id, ann)).inviteeId, bob.id);
  await assert.rejects(cancel(db, id, ann), { code: "invitation_used" });
  await assert.rejects(accept(db, id, bob), { code: "invitation_used" });
  const nowhere = v7() as InvitationId;
  for (const answer of [accept, decline, cancel]) {
    await assert.rejects(answer(db, nowhere, ann), { code: "invitation_not_found" });
  }
});

test("an invitation to a private room is nothing to those outside, its sender included", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob, cid } = at;
  const id = await invite(db, room, [ann, bob]);
  for (const answer of [accept, decline, cancel]) {
    await assert.rejects(answer(db, id, cid), { code: "invitation_not_found" });
  }
  await db.write(leaveRoomOperation, { roomId: room, userId: ann.id });
  await assert.rejects(cancel(db, id, ann), { code: "invitation_not_found" });
  assert.deepEqual(await at.list(ann, true), { invitations: [], total: 0 });
  const answered = await accept(db, id, bob);
  assert(answered.kind === "joined");
  assert.equal(answered.joined.membership.role, "owner", "of a room that was empty");
});

test("who may not come in is not invited", async () => {
  await using at = await openRoom({ isPrivate: false });
  const { db, room, ann, bob, cid } = at;
  await assert.rejects(invite(db, room, [bob, cid]), { code: "not_room_member" });
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  await assert.rejects(invite(db, room, [bob, cid]), { code: "permission_denied" });
  await assert.rejects(invite(db, room, [ann, bob]), { code: "already_member" });
  await assert.rejects(invite(db, room, [ann, ann]), { code: "already_member" });
  const onBob = { roomId: room, userId: ann.id, targetId: bob.id };
  await db.write(banMemberOperation, { ...onBob, reason: null });
  await assert.rejects(invite(db, room, [ann, bob]), { code: "room_banned" });
  await db.write(blockUserOperation, { blockerId: cid.id, blockedId: ann.id });
  await assert.rejects(invite(db, room, [ann, cid]), { code: "user_blocked" });
  const nobody = { id: v7() as TestUser["id"], username: "nobody" };
  await assert.rejects(invite(db, room, [ann, nobody]), { code: "user_not_found" });
});

test("a ban voids an open invitation", async () => {
  await using at = await openRoom();
  const { db, room, ann, bob } = at;
  const id = await invite(db, room, [ann, bob]);
  const onBob = { roomId: room, userId: ann.id, targetId: bob.id };
  const voided = await db.write(banMemberOperation, { ...onBob, reason: null });
  assert.equal(voided?.id, id);
  await assert.rejects(accept(db, id, bob), { code: "invitation_used" });
});

test("a full room keeps the invitation for when there is a place", async () => {
  await using at = await openRoom({ maxMembers: 2 });
  const { db, room, ann, bob, cid } = at;
  const [first, second] = [await invite(db, room, [ann, bob]), await invite(db, room, [ann, cid])];
  await accept(db, first, bob);
  await assert.rejects(accept(db, second, cid), { code: "room_full" });
  await db.write(removeMemberOperation, { roomId: room, userId: ann.id, targetId: bob.id });
  assert.equal((await accept(db, second, cid)).kind, "joined");
});

test("who is invited and joins has answered, also where the room is private", async () => {
  for (const isPrivate of [true, false]) {
    await using at = await openRoom({ isPrivate });
    const { db, room, ann, bob } = at;
    const id = await invite(db, room, [ann, bob]);
    await db.write(updateRoomOperation, {
      roomId: room,
      userId: ann.id,
      wanted: { joinRole: "moderator" },
    });
    const { membership } = await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
    assert.equal(membership.role, "moderator");
    const [sent] = (await at.list(ann, true)).invitations;
    assert.deepEqual([sent?.row.id, sent?.row.status], [id, "accepted"]);
  }
});

test("lists come in pages, the newest first", async () => {
  await using at = await openRoom();
  const { db, ann, bob } = at;
  const ids: InvitationId[] = [];
  for (const name of ["one", "two", "three"]) {
    const roomId = await makeRoom(db, ann, { name, isPrivate: true });
    at.pass(1000);
    ids.unshift(await invite(db, roomId, [ann, bob]));
  }
  const now = Date.UTC(2026, 0, 2);
  const page = await listInvitations(db, { userId: bob.id, sent: false, now, limit: 2, offset: 1 });
  assert.deepEqual(
    page.invitations.map(({ row }) => row.id),
    ids.slice(1),
  );
  assert.equal(page.total, 3);
});
