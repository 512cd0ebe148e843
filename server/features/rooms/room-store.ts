import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { eq } from "drizzle-orm";
import {
  growingOperation,
  type Reader,
  type WriteTransaction,
  writeOperation,
} from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { isUniqueViolation } from "../../storage/unique-violation.ts";
import { openInvitation, settleInvitation } from "../invitations/invitation-row-store.ts";
import { addMember, dropMember, enterRoom, type Joined, userOf } from "./membership-store.ts";
import { admitMember, admitToRoom, type RoomAndUser } from "./room-access-store.ts";
import { type RoomRow, roomNameKey } from "./room-rules.ts";

export interface CreateRoomArgs {
  readonly roomId: RoomId;
  readonly ownerId: UserId;
  readonly name: string;
  readonly description: string | null;
  readonly isPrivate: boolean;
  readonly maxMembers: number | null;
  readonly moderated?: boolean | undefined;
  readonly joinRole?: RoomRow["joinRole"] | undefined;
  readonly history?: RoomRow["history"] | undefined;
}

/** Makes a room and its owner's membership. @throws ChatError `room_name_taken` */
export const createRoomOperation = growingOperation(
  "create_room",
  async (tx, args: CreateRoomArgs): Promise<Joined> => {
    const { roomId, ownerId, moderated = false, joinRole = "member", ...said } = args;
    const { db, now, tables } = tx;
    const owner = await userOf(tx, ownerId);
    const id = conversationOfRoom(roomId);
    const empty = { lastSeq: 0, lastEntryAt: now, createdAt: now };
    await db.insert(tables.conversations).values({ id, kind: "room", ...empty });
    await insertRoom(tx, {
      ...said,
      moderated,
      joinRole,
      // Whoever may join a public room at any time may as well read what was said before.
      history: said.history ?? (said.isPrivate ? "joined" : "shared"),
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
    throw nameTaken(cause);
  }
}

/** Why a room's row was not stored: because of its name, or a fault. */
export function nameTaken(cause: unknown): unknown {
  return isUniqueViolation(cause, "rooms.name_key")
    ? new ChatError("room_name_taken", { cause })
    : cause;
}

/**
 * Joins a public room, or one that the user is invited to, which answers the invitation.
 * @throws ChatError `room_not_found` also for a private one, `room_banned`, `already_member`, `room_full`
 */
export const joinRoomOperation = writeOperation(
  "join_room",
  async (tx, who: RoomAndUser): Promise<Joined> => {
    // Looked for in any case: how long an answer takes must not tell a private room from none.
    const invitation = await openInvitation(tx, who);
    const action = invitation === undefined ? "room.join" : "room.enter_invited";
    const { room } = await admitToRoom(tx, who, action);
    const joined = await enterRoom(tx, room, who.userId);
    if (invitation !== undefined) await settleInvitation(tx, invitation.id, "accepted");
    return joined;
  },
);

/**
 * Leaves a room. The last one may always leave: the room stays, with its log and its name, and a
 * public one will be its next member's.
 * @throws ChatError `room_not_found`, `not_room_member`, `last_owner` while others remain
 */
export const leaveRoomOperation = writeOperation(
  "leave_room",
  async (tx, who: RoomAndUser): Promise<{ readonly seq: number }> => {
    const { room, member } = await admitMember(tx, who, "room.leave");
    return dropMember(tx, room, member, { reason: "left" });
  },
);

/** A room, whoever asks: to whom a private one may be shown is for the caller to decide. */
export async function findRoom(
  { read, tables: { rooms } }: Reader,
  id: RoomId,
): Promise<RoomRow | undefined> {
  const [room] = await read.select().from(rooms).where(eq(rooms.id, id));
  return room;
}
