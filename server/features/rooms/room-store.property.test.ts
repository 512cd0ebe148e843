import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import type { Database } from "../../storage/database.ts";
import { conversationOfRoom, type LogEntry } from "../../storage/log-entry.ts";
import { makeUsers, newId, openTestStorage, toRoom, toUser } from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { headOf, readLog } from "../conversations/log-store.ts";
import { pendingOfRoom } from "../invitations/invitation-row-store.ts";
import { inviteToRoomOperation } from "../invitations/invitation-store.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import {
  banMemberOperation,
  removeMemberOperation,
  transferOwnershipOperation,
  updateMemberRoleOperation,
} from "./member-administration-store.ts";
import { updateRoomOperation } from "./room-administration-store.ts";
import { listBans, unbanMemberOperation } from "./room-ban-store.ts";
import { listMembers } from "./room-list-store.ts";
import {
  createRoomOperation,
  findRoom,
  joinRoomOperation,
  leaveRoomOperation,
} from "./room-store.ts";

/** What somebody does, with whom and where as places in lists. */
interface Step {
  readonly what:
    | "create"
    | "join"
    | "leave"
    | "send"
    | "resend"
    | "write"
    | "promote"
    | "demote"
    | "hand over"
    | "kick"
    | "ban"
    | "unban"
    | "invite"
    | "close";
  readonly who: number;
  readonly whom: number;
  readonly where: number;
}

const names = ["ann", "bob", "cid", "dan"] as const;
const rooms = 3;

const step: fc.Arbitrary<Step> = fc.record(
  {
    what: fc.constantFrom<Step["what"][]>(
      ...([
        "create",
        "join",
        "join",
        "leave",
        "send",
        "send",
        "resend",
        "write",
        "promote",
      ] as const),
      ...(["demote", "hand over", "kick", "ban", "unban", "invite", "close"] as const),
    ),
    who: fc.nat(names.length - 1),
    whom: fc.nat(names.length - 1),
    where: fc.nat(rooms - 1),
  },
  { noNullPrototype: true },
);

/** Steps in turns: those of one turn are under way together. */
const history = fc.array(fc.array(step, { minLength: 1, maxLength: 12, size: "max" }), {
  maxLength: 8,
  size: "max",
});

/** With what every history begins: in two rooms something can happen at once. */
const beginning: readonly Step[] = [0, 2].flatMap((where) => [
  { what: "create", who: 0, whom: 0, where },
  { what: "join", who: 1, whom: 0, where },
  { what: "promote", who: 0, whom: 1, where },
]);

interface World {
  readonly db: Database;
  readonly people: readonly TestUser[];
  readonly rooms: readonly RoomId[];
  /** Rooms that somebody set about making. */
  readonly made: Set<RoomId>;
  readonly clientIds: readonly ReturnType<typeof newId.client>[];
}

/** Refusals are part of the game; anything else is a mistake of ours. */
const expected = new Set([
  "room_name_taken",
  "room_not_found",
  "already_member",
  "room_full",
  "not_room_member",
  "last_owner",
  "id_conflict",
  "validation_failed",
  "permission_denied",
  "room_banned",
  "already_invited",
]);

async function take(world: World, { what, who, whom, where }: Step): Promise<void> {
  const { db, people } = world;
  const [user, peer] = [people[who], people[whom]];
  const roomId = world.rooms[where];
  assert(user && peer && roomId);
  const membership = { roomId, userId: user.id };
  const onPeer = { ...membership, targetId: peer.id };
  const acts: Record<Step["what"], () => Promise<unknown>> = {
    create: () => createRoom(world, user, where),
    join: () => db.write(joinRoomOperation, membership),
    leave: () => db.write(leaveRoomOperation, membership),
    send: () => db.write(appendMessageOperation, toRoom(roomId, user, "hello")),
    resend: () =>
      db.write(appendMessageOperation, toRoom(roomId, user, `${where}`, world.clientIds[who])),
    write: () => db.write(appendMessageOperation, toUser(peer.id, user, "psst")),
    promote: () => db.write(updateMemberRoleOperation, { ...onPeer, role: "owner" }),
    demote: () => db.write(updateMemberRoleOperation, { ...onPeer, role: "moderator" }),
    "hand over": () => db.write(transferOwnershipOperation, onPeer),
    kick: () => db.write(removeMemberOperation, onPeer),
    ban: () => db.write(banMemberOperation, { ...onPeer, reason: null }),
    unban: () => db.write(unbanMemberOperation, onPeer),
    invite: () =>
      db.write(inviteToRoomOperation, {
        invitationId: newId.room() as string as InvitationId,
        roomId,
        inviterId: user.id,
        inviteeId: peer.id,
        message: null,
      }),
    close: () => db.write(updateRoomOperation, { ...membership, wanted: { isPrivate: true } }),
  };
  await acts[what]().catch((error: { readonly code?: string }) => {
    if (!expected.has(error.code ?? "")) throw error;
  });
}

/** The first gets the room's id, the others one of their own: then it is the name that is taken. */
function createRoom({ db, rooms: ids, made }: World, owner: TestUser, where: number) {
  const id = ids[where];
  assert(id);
  const roomId = made.has(id) ? newId.room() : id;
  made.add(id);
  return db.write(createRoomOperation, {
    roomId,
    ownerId: owner.id,
    name: `room ${where} ${id}`,
    description: null,
    isPrivate: where === 2,
    maxMembers: where === 1 ? 2 : null,
  });
}

async function checkRoom(db: Database, roomId: RoomId): Promise<void> {
  const room = await findRoom(db, roomId);
  if (room === undefined) return;
  const { members, total } = await listMembers(db, roomId, { limit: 100, offset: 0 });
  assert.equal(room.memberCount, total);
  assert(room.maxMembers === null || total <= room.maxMembers);
  const owners = members.filter((member) => member.role === "owner");
  assert(total === 0 || owners.some((owner) => owner.userId === room.ownerId));
  await checkOutsiders(db, roomId, new Set(members.map((member) => member.userId)));
}

/** Whoever is in is neither banned nor still invited, and nobody is both. */
async function checkOutsiders(db: Database, roomId: RoomId, inside: ReadonlySet<UserId>) {
  const { bans } = await listBans(db, roomId, { limit: 100, offset: 0 });
  const invited = await pendingOfRoom(db, roomId);
  const outside = [...bans.map(({ userId }) => userId), ...invited.map((one) => one.inviteeId)];
  assert.equal(new Set(outside).size, outside.length);
  assert(outside.every((userId) => !inside.has(userId)));
}

function checkOrder(announced: readonly LogEntry[]): void {
  const heads = new Map<string, number>();
  for (const { conversationId, seq } of announced) {
    assert.equal(seq, (heads.get(conversationId) ?? 0) + 1);
    heads.set(conversationId, seq);
  }
}

/** Membership told by the log alone is the membership there is. */
async function checkLog(db: Database, roomId: RoomId): Promise<void> {
  const conversationId = conversationOfRoom(roomId);
  const { entries } = await readLog(db, { conversationId, after: 0, limit: 500 });
  assert.equal((await headOf(db, conversationId)).seq, entries.length);
  const inside = new Set<string>();
  for (const { kind, senderId } of entries) {
    if (kind === "join") assert(!inside.has(senderId) && inside.add(senderId));
    else if (kind === "leave") assert(inside.delete(senderId));
    else assert(inside.has(senderId));
  }
  const { members } = await listMembers(db, roomId, { limit: 100, offset: 0 });
  assert.deepEqual(inside, new Set(members.map((member) => member.userId)));
}

test("whatever happens in whatever order, counts, logs and owners stay right", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const people = Object.values(await makeUsers(db, ...names));
  const announced: LogEntry[] = [];
  db.onCommit((entries) => announced.push(...entries));
  await fc.assert(
    fc.asyncProperty(history, async (turns) => {
      const world: World = {
        db,
        people,
        rooms: Array.from({ length: rooms }, newId.room),
        made: new Set(),
        clientIds: people.map(newId.client),
      };
      for (const one of beginning) await take(world, one);
      for (const turn of turns) await Promise.all(turn.map((one) => take(world, one)));
      checkOrder(announced);
      for (const roomId of world.rooms) {
        await checkRoom(db, roomId);
        await checkLog(db, roomId);
      }
    }),
    { numRuns: 100 },
  );
  assert.deepEqual(
    storage.told.filter(({ level }) => level === "error"),
    [],
  );
});
