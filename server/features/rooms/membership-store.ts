import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { Reader, WriteTransaction } from "../../storage/database.ts";
import { conversationOfRoom, type EntryDraft, type LogEntry } from "../../storage/log-entry.ts";
import { appendEntry } from "../conversations/append-store.ts";
import {
  encodeJoin,
  encodeLeave,
  encodeRole,
  type LeavePayload,
  timestamp,
  toMembershipEvent,
} from "../conversations/log-rules.ts";
import { appendToUserLog } from "../user-log/user-log-store.ts";
import { type UserRow, userById } from "../users/user-store.ts";
import { isFull, type MemberRow, type RoomRow, roleOfNext } from "./room-rules.ts";

/** How rows, the count beside them and the log change together. Who may is decided before. */

/** A room with the membership that was made, and its place in the room's log. */
export interface Joined {
  readonly room: RoomRow;
  readonly membership: MemberRow;
  readonly seq: number;
}

/** @throws ChatError `user_not_found` */
export async function userOf(reader: Reader, id: UserId): Promise<UserRow> {
  const user = await userById(reader, id);
  if (user === undefined) throw new ChatError("user_not_found");
  return user;
}

/** Lets somebody in who may. @throws ChatError `room_full` */
export async function enterRoom(
  tx: WriteTransaction,
  room: RoomRow,
  userId: UserId,
): Promise<Joined> {
  if (isFull(room)) throw new ChatError("room_full");
  return addMember(tx, room.id, await userOf(tx, userId), roleOfNext(room));
}

export async function addMember(
  tx: WriteTransaction,
  roomId: RoomId,
  user: UserRow,
  role: RoomRole,
): Promise<Joined> {
  const { db, now, tables } = tx;
  const { entry } = await appendEntry(tx, joinDraft(roomId, user, role, now));
  const membership: MemberRow = {
    conversationId: entry.conversationId,
    userId: user.id,
    role,
    joinedAt: now,
    joinedSeq: entry.seq,
    readSeq: entry.seq,
  };
  await db.insert(tables.members).values(membership);
  const owner = role === "owner" ? { ownerId: user.id } : {};
  const room = await changeRoom(tx, roomId, { ...owner, added: 1 });
  await tellMember(tx, user.id, entry);
  return { room, membership, seq: entry.seq };
}

/** Why a membership ends, and by whom where it was not the member. */
type Leaving = Pick<LeavePayload, "reason" | "by">;

/**
 * Takes a member out. Where he was the owner of record, another owner is from then on.
 * @throws ChatError `last_owner` when others would be left without one
 */
export async function dropMember(
  tx: WriteTransaction,
  room: RoomRow,
  { userId, role }: MemberRow,
  how: Leaving,
): Promise<{ readonly seq: number }> {
  const ownerId = role === "owner" ? await ownerWithout(tx, room, userId) : room.ownerId;
  await tx.db.delete(tx.tables.members).where(rowOf(tx, room.id, userId));
  await changeRoom(tx, room.id, { ownerId, added: -1 });
  const { entry } = await appendEntry(tx, leaveDraft(room.id, await userOf(tx, userId), how));
  await tellMember(tx, userId, entry);
  return { seq: entry.seq };
}

/** Somebody whose role changes, and who changes it. */
export interface RoleChange {
  readonly member: MemberRow;
  readonly role: RoomRole;
  readonly by: UserRow;
  /** Who is the owner of record where the member was; without it the one who has been in the room longest. */
  readonly heirId?: UserId;
}

/** Gives a member another role, which is told to the room. @throws ChatError `last_owner` */
export async function changeRole(
  tx: WriteTransaction,
  room: RoomRow,
  { member, role, by, heirId }: RoleChange,
): Promise<RoomRow> {
  const ownerId =
    member.role === "owner" ? await ownerWithout(tx, room, member.userId, heirId) : room.ownerId;
  await tx.db
    .update(tx.tables.members)
    .set({ role })
    .where(rowOf(tx, room.id, member.userId));
  const { id, username } = await userOf(tx, member.userId);
  const payload = encodeRole({ user_id: id, username, old_role: member.role, new_role: role });
  const { entry } = await appendEntry(tx, { ...draftBy(room.id, by), kind: "role", payload });
  await tellMember(tx, id, entry);
  return changeRoom(tx, room.id, { ownerId, added: 0 });
}

/** What happens to a member's place in a room is in his own log too: his list of rooms is another. */
async function tellMember(tx: WriteTransaction, userId: UserId, entry: LogEntry): Promise<void> {
  await appendToUserLog(tx, userId, toMembershipEvent(entry));
}

async function changeRoom(
  tx: WriteTransaction,
  roomId: RoomId,
  { added, ...owner }: { readonly added: -1 | 0 | 1; readonly ownerId?: UserId },
): Promise<RoomRow> {
  const { rooms } = tx.tables;
  const [room] = await tx.db
    .update(rooms)
    .set({ ...owner, memberCount: sql`${rooms.memberCount} + ${added}` })
    .where(eq(rooms.id, roomId))
    .returning();
  if (room === undefined) throw new Error(`Room ${roomId} has members and does not exist.`);
  return room;
}

/** Who is the owner of record when this owner is none any more. */
async function ownerWithout(
  reader: Reader,
  room: RoomRow,
  userId: UserId,
  heirId?: UserId,
): Promise<UserId> {
  const other = heirId ?? (await otherOwner(reader, room.id, userId));
  if (other === undefined && room.memberCount > 1) throw new ChatError("last_owner");
  return room.ownerId === userId && other !== undefined ? other : room.ownerId;
}

/** The owner who has been in the room longest, beside `userId`. */
async function otherOwner(
  { read, tables: { members } }: Reader,
  roomId: RoomId,
  userId: UserId,
): Promise<UserId | undefined> {
  const inRoom = eq(members.conversationId, conversationOfRoom(roomId));
  const [row] = await read
    .select({ id: members.userId })
    .from(members)
    .where(and(inRoom, eq(members.role, "owner"), ne(members.userId, userId)))
    .orderBy(asc(members.joinedSeq))
    .limit(1);
  return row?.id;
}

function joinDraft(roomId: RoomId, user: UserRow, role: RoomRole, now: number): EntryDraft {
  const payload = encodeJoin({
    user: {
      id: user.id,
      username: user.username,
      role: user.role,
      created_at: timestamp(user.createdAt),
      updated_at: timestamp(user.updatedAt),
    },
    membership: { room_id: roomId, user_id: user.id, role, joined_at: timestamp(now) },
  });
  return { ...draftBy(roomId, user), kind: "join", payload };
}

function leaveDraft(roomId: RoomId, user: UserRow, how: Leaving): EntryDraft {
  const payload = encodeLeave({ user_id: user.id, username: user.username, ...how });
  return { ...draftBy(roomId, user), kind: "leave", payload };
}

/** An entry of a room's log that is no message, with its kind and content yet to come. */
export function draftBy(roomId: RoomId, user: UserRow) {
  return {
    conversationId: conversationOfRoom(roomId),
    messageId: null,
    senderId: user.id,
    senderName: user.username,
    clientId: null,
  };
}

/** A user's membership of a room, if there is one. */
export async function findMembership(
  reader: Reader,
  roomId: RoomId,
  userId: UserId,
): Promise<MemberRow | undefined> {
  const { members } = reader.tables;
  const [row] = await reader.read
    .select()
    .from(members)
    .where(rowOf(reader, roomId, userId));
  return row;
}

function rowOf({ tables: { members } }: Pick<Reader, "tables">, roomId: RoomId, userId: UserId) {
  return and(eq(members.conversationId, conversationOfRoom(roomId)), eq(members.userId, userId));
}
