import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { Reader, WriteTransaction } from "../../storage/database.ts";
import { conversationOfRoom, type EntryDraft } from "../../storage/log-entry.ts";
import type { RoomRow } from "../conversations/conversation-store.ts";
import { encodeJoin, encodeLeave, timestamp } from "../conversations/log-rules.ts";
import { appendEntry } from "../conversations/log-store.ts";
import { type UserRow, userById } from "../users/user-store.ts";

/** How rows, the count beside them and the log change together. Who may is decided before. */

export type MemberRow = Reader["tables"]["members"]["$inferSelect"];

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
  };
  await db.insert(tables.members).values(membership);
  const owner = role === "owner" ? { ownerId: user.id } : {};
  const room = await changeRoom(tx, roomId, 1, owner);
  return { room, membership, seq: entry.seq };
}

/** Takes a member out; `heir` becomes the room's owner of record. */
export async function removeMember(
  tx: WriteTransaction,
  roomId: RoomId,
  user: UserRow,
  heir: UserId | undefined,
): Promise<{ readonly seq: number }> {
  const { members } = tx.tables;
  const row = and(
    eq(members.conversationId, conversationOfRoom(roomId)),
    eq(members.userId, user.id),
  );
  await tx.db.delete(members).where(row);
  await changeRoom(tx, roomId, -1, heir === undefined ? {} : { ownerId: heir });
  const { entry } = await appendEntry(tx, leaveDraft(roomId, user));
  return { seq: entry.seq };
}

async function changeRoom(
  tx: WriteTransaction,
  roomId: RoomId,
  members: 1 | -1,
  owner: { readonly ownerId?: UserId },
): Promise<RoomRow> {
  const { rooms } = tx.tables;
  const [room] = await tx.db
    .update(rooms)
    .set({ ...owner, memberCount: sql`${rooms.memberCount} + ${members}` })
    .where(eq(rooms.id, roomId))
    .returning();
  if (room === undefined) throw new Error(`Room ${roomId} has members and does not exist.`);
  return room;
}

/** The owner who has been in the room longest, beside `userId`. */
export async function otherOwner(
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
  return { ...membershipDraft(roomId, user), kind: "join", payload };
}

function leaveDraft(roomId: RoomId, user: UserRow): EntryDraft {
  const payload = encodeLeave({ user_id: user.id, username: user.username, reason: "left" });
  return { ...membershipDraft(roomId, user), kind: "leave", payload };
}

function membershipDraft(roomId: RoomId, user: UserRow) {
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
  { read, tables: { members } }: Reader,
  roomId: RoomId,
  userId: UserId,
): Promise<MemberRow | undefined> {
  const isIt = and(
    eq(members.conversationId, conversationOfRoom(roomId)),
    eq(members.userId, userId),
  );
  const [row] = await read.select().from(members).where(isIt);
  return row;
}
