import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, count, eq, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { type RoomRow, roomNameKey } from "./room-rules.ts";

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
