import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, asc, count, eq } from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { admitToRoom, type RoomAndUser } from "./room-access-store.ts";
import type { Page } from "./room-list-store.ts";

type BanRow = Reader["tables"]["roomBans"]["$inferSelect"];

/** A second ban changes nothing: the first one, and what was said then, stand. */
export async function insertBan(
  { db, now, tables: { roomBans } }: WriteTransaction,
  ban: Omit<BanRow, "createdAt">,
): Promise<void> {
  await db
    .insert(roomBans)
    .values({ ...ban, createdAt: now })
    .onConflictDoNothing();
}

/**
 * Lets somebody in again; does nothing for one who is not banned.
 * @throws ChatError `room_not_found`, `not_room_member`, `permission_denied`
 */
export const unbanMemberOperation = writeOperation(
  "unban_member",
  async (tx, { targetId, ...who }: RoomAndUser & { readonly targetId: UserId }): Promise<void> => {
    await admitToRoom(tx, who, "room.unban");
    const { roomBans } = tx.tables;
    const isIt = and(eq(roomBans.roomId, who.roomId), eq(roomBans.userId, targetId));
    await tx.db.delete(roomBans).where(isIt);
  },
);

export interface ListedBan extends Omit<BanRow, "roomId"> {
  readonly username: string;
}

/** Who is kept out of a room, by name; and how many there are on all pages. */
export async function listBans(
  { read, tables: { roomBans, users } }: Reader,
  roomId: RoomId,
  { limit, offset }: Page,
): Promise<{ readonly bans: readonly ListedBan[]; readonly total: number }> {
  const inRoom = eq(roomBans.roomId, roomId);
  const bans = await read
    .select({
      userId: roomBans.userId,
      username: users.username,
      bannedBy: roomBans.bannedBy,
      reason: roomBans.reason,
      createdAt: roomBans.createdAt,
    })
    .from(roomBans)
    .innerJoin(users, eq(users.id, roomBans.userId))
    .where(inRoom)
    .orderBy(asc(users.usernameKey))
    .limit(limit)
    .offset(offset);
  const [counted] = await read.select({ total: count() }).from(roomBans).where(inRoom);
  return { bans, total: counted?.total ?? 0 };
}
