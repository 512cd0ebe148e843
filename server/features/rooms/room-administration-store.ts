import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { eq } from "drizzle-orm";
import { demand } from "../../rights/can.ts";
import { type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { appendEntry } from "../conversations/append-store.ts";
import { memberIdsOf } from "../conversations/conversation-store.ts";
import { encodeSettings } from "../conversations/log-rules.ts";
import { pendingOfRoom } from "../invitations/invitation-row-store.ts";
import { cancelledEvent, type InvitationRow } from "../invitations/invitation-rules.ts";
import { appendToUserLog, appendToUserLogs } from "../user-log/user-log-store.ts";
import { draftBy, userOf } from "./membership-store.ts";
import { admitToRoom, type RoomAndUser } from "./room-access-store.ts";
import { deletedEvent } from "./room-deletion-rules.ts";
import {
  changesTo,
  type RoomChange,
  type RoomRow,
  rightsToChange,
  roomNameKey,
  toWireRoom,
} from "./room-rules.ts";
import { nameTaken } from "./room-store.ts";

export interface UpdateRoomArgs extends RoomAndUser {
  readonly wanted: RoomChange;
}

/**
 * Changes a room and tells its members what is different; where nothing is, nobody is told.
 * @throws ChatError `room_not_found`, `not_room_member`, `permission_denied`, `room_name_taken`,
 * `validation_failed`
 */
export const updateRoomOperation = writeOperation(
  "update_room",
  async (tx, { roomId, userId, wanted }: UpdateRoomArgs): Promise<RoomRow> => {
    const { room, actor, resource } = await admitToRoom(tx, { roomId, userId }, "room.update");
    const { values, names } = changesTo(room, wanted);
    for (const action of rightsToChange(names)) demand(actor, action, resource);
    if (names.length === 0) return room;
    const changed = await storeChange(tx, roomId, values);
    const payload = encodeSettings({ room: toWireRoom(changed), changes: [...names] });
    const draft = draftBy(roomId, await userOf(tx, userId));
    await appendEntry(tx, { ...draft, kind: "settings", payload });
    return changed;
  },
);

async function storeChange(
  { db, tables: { rooms } }: WriteTransaction,
  roomId: RoomId,
  values: Partial<RoomRow>,
): Promise<RoomRow> {
  const key = values.name === undefined ? {} : { nameKey: roomNameKey(values.name) };
  const change = { ...values, ...key };
  const update = db.update(rooms).set(change).where(eq(rooms.id, roomId)).returning();
  const [changed] = await update.catch((cause: unknown) => {
    throw nameTaken(cause);
  });
  if (changed === undefined) throw new Error(`Room ${roomId} went away while it was changed.`);
  return changed;
}

export interface DeleteRoomArgs extends RoomAndUser {
  /** As one of its owners, or as an admin. */
  readonly right: "room.delete" | "room.force_delete";
  readonly reason?: string | null;
}

/** What was there: nobody can look it up any more. */
export interface DeletedRoom {
  readonly name: string;
  readonly memberIds: readonly UserId[];
  readonly invitations: readonly InvitationRow[];
}

/**
 * Deletes a room and all that belongs to it, its log included.
 * @throws ChatError `room_not_found`, `not_room_member`, `permission_denied`
 */
export const deleteRoomOperation = writeOperation(
  "delete_room",
  async (tx, { right, reason = null, ...who }: DeleteRoomArgs): Promise<DeletedRoom> => {
    const { room } = await admitToRoom(tx, who, right);
    const id = conversationOfRoom(room.id);
    const deleted = {
      name: room.name,
      memberIds: await memberIdsOf(tx, id),
      invitations: await pendingOfRoom(tx, room.id),
    };
    const tale = { ...deleted, roomId: room.id, deletedBy: who.userId, reason };
    await appendToUserLogs(tx, deleted.memberIds, deletedEvent(tale));
    for (const invitation of deleted.invitations) {
      await appendToUserLog(tx, invitation.inviteeId, cancelledEvent(invitation, "room_deleted"));
    }
    const { conversations } = tx.tables;
    // Everything that belongs to it refers to this row and goes with it.
    await tx.db.delete(conversations).where(eq(conversations.id, id));
    return deleted;
  },
);
