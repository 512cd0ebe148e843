import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, count, eq, isNotNull, or, type SQL, sql } from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { isUniqueViolation } from "../../storage/unique-violation.ts";
import { type RoomRow, roleIn } from "../conversations/conversation-store.ts";
import { addMember, type Joined, otherOwner, removeMember, userOf } from "./membership-store.ts";

/** Names that differ only in case, or in how their characters are written, are one name. */
export function roomNameKey(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

export interface CreateRoomArgs {
  readonly roomId: RoomId;
  readonly ownerId: UserId;
  readonly name: string;
  readonly description: string | null;
  readonly isPrivate: boolean;
  readonly maxMembers: number | null;
}

/** Makes a room and its owner's membership. @throws ChatError `room_name_taken` */
export const createRoomOperation = writeOperation(
  "create_room",
  async (tx, args: CreateRoomArgs): Promise<Joined> => {
    const { roomId, ownerId, ...said } = args;
    const { db, now, tables } = tx;
    const owner = await userOf(tx, ownerId);
    const id = conversationOfRoom(roomId);
    const empty = { lastSeq: 0, lastEntryAt: now, createdAt: now };
    await db.insert(tables.conversations).values({ id, kind: "room", ...empty });
    await insertRoom(tx, {
      ...said,
      id: roomId,
      nameKey: roomNameKey(said.name),
      ownerId,
      memberCount: 0,
      createdAt: now,
    });
    return addMember(tx, roomId, owner, "owner");
  },
);

async function insertRoom({ db, tables }: WriteTransaction, room: RoomRow): Promise<void> {
  try {
    await db.insert(tables.rooms).values(room);
  } catch (cause) {
    if (!isUniqueViolation(cause, "rooms.name_key")) throw cause;
    throw new ChatError("room_name_taken", { cause });
  }
}

export interface MembershipArgs {
  readonly roomId: RoomId;
  readonly userId: UserId;
}

/**
 * Joins a public room. Whoever joins a room that everybody has left becomes its owner.
 * @throws ChatError `room_not_found` also for a private one, `already_member`, `room_full`
 */
export const joinRoomOperation = writeOperation(
  "join_room",
  async (tx, { roomId, userId }: MembershipArgs): Promise<Joined> => {
    const { room, role } = await roomSeenBy(tx, roomId, userId);
    if (role !== undefined) throw new ChatError("already_member");
    if (room.maxMembers !== null && room.memberCount >= room.maxMembers) {
      throw new ChatError("room_full");
    }
    const user = await userOf(tx, userId);
    return addMember(tx, roomId, user, room.memberCount === 0 ? "owner" : "member");
  },
);

/**
 * Leaves a room. The last one may always leave: the room stays, with its log and its name, and a
 * public one will be its next member's.
 * @throws ChatError `room_not_found`, `not_room_member`, `last_owner` while others remain
 */
export const leaveRoomOperation = writeOperation(
  "leave_room",
  async (tx, { roomId, userId }: MembershipArgs): Promise<{ readonly seq: number }> => {
    const { room, role } = await roomSeenBy(tx, roomId, userId);
    if (role === undefined) throw new ChatError("not_room_member");
    const other = role === "owner" ? await otherOwner(tx, roomId, userId) : undefined;
    if (role === "owner" && other === undefined && room.memberCount > 1) {
      throw new ChatError("last_owner");
    }
    const heir = room.ownerId === userId ? other : undefined;
    return removeMember(tx, roomId, await userOf(tx, userId), heir);
  },
);

/** @throws ChatError `room_not_found` when there is none, and to strangers when it is private */
async function roomSeenBy(
  reader: Reader,
  roomId: RoomId,
  userId: UserId,
): Promise<{ readonly room: RoomRow; readonly role: RoomRole | undefined }> {
  const room = await findRoom(reader, roomId);
  const role = await roleIn(reader, conversationOfRoom(roomId), userId);
  if (room === undefined || (room.isPrivate && role === undefined)) {
    throw new ChatError("room_not_found");
  }
  return { room, role };
}

/** A room, whoever asks: to whom a private one may be shown is for the caller to decide. */
export async function findRoom(
  { read, tables: { rooms } }: Reader,
  id: RoomId,
): Promise<RoomRow | undefined> {
  const [room] = await read.select().from(rooms).where(eq(rooms.id, id));
  return room;
}

/** What `listRooms` is asked for, beside the page. */
export interface RoomFilter {
  readonly userId: UserId;
  /** Part of the name, without case. */
  readonly search?: string | undefined;
  readonly joinedOnly?: boolean | undefined;
  readonly publicOnly?: boolean | undefined;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export interface ListedRoom {
  readonly room: RoomRow;
  /** What the asking user is in it. */
  readonly role: RoomRole | null;
}

/** The public rooms and the user's own by name, and how many there are on all pages. */
export async function listRooms(
  { read, tables: { rooms, members } }: Reader,
  { limit, offset, ...filter }: RoomFilter & Page,
): Promise<{ readonly rooms: readonly ListedRoom[]; readonly total: number }> {
  const own = and(eq(members.conversationId, rooms.id), eq(members.userId, filter.userId));
  const wanted = and(
    or(eq(rooms.isPrivate, false), isNotNull(members.userId)),
    filter.publicOnly ? eq(rooms.isPrivate, false) : undefined,
    filter.joinedOnly ? isNotNull(members.userId) : undefined,
    filter.search ? contains(rooms.nameKey, roomNameKey(filter.search)) : undefined,
  );
  const found = await read
    .select({ room: rooms, role: members.role })
    .from(rooms)
    .leftJoin(members, own)
    .where(wanted)
    .orderBy(asc(rooms.nameKey))
    .limit(limit)
    .offset(offset);
  const [counted] = await read
    .select({ total: count() })
    .from(rooms)
    .leftJoin(members, own)
    .where(wanted);
  return { rooms: found, total: counted?.total ?? 0 };
}

/** Whether a column holds a text somewhere; what is special in a pattern stands for itself. */
function contains(column: Reader["tables"]["rooms"]["nameKey"], text: string): SQL {
  const pattern = `%${text.replace(/[\\%_]/g, (special) => `\\${special}`)}%`;
  return sql`${column} like ${pattern} escape '\\'`;
}

export interface ListedMember {
  readonly userId: UserId;
  readonly username: string;
  readonly role: RoomRole;
  readonly joinedAt: number;
}

/** Who is in a room: owners, moderators, members, each by name; and how many there are on all pages. */
export async function listMembers(
  { read, tables: { members, users } }: Reader,
  roomId: RoomId,
  { limit, offset }: Page,
): Promise<{ readonly members: readonly ListedMember[]; readonly total: number }> {
  const inRoom = eq(members.conversationId, conversationOfRoom(roomId));
  const rank = sql`case ${members.role} when 'owner' then 0 when 'moderator' then 1 else 2 end`;
  const found = await read
    .select({
      userId: members.userId,
      username: users.username,
      role: members.role,
      joinedAt: members.joinedAt,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(inRoom)
    .orderBy(rank, asc(users.usernameKey))
    .limit(limit)
    .offset(offset);
  const [counted] = await read.select({ total: count() }).from(members).where(inRoom);
  return { members: found, total: counted?.total ?? 0 };
}
