import { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Room, RoomMembership } from "@lair-chat/protocol/messages/shapes.ts";
import type { Tables } from "../../storage/schema/tables.ts";

type RoomRow = Tables["rooms"]["$inferSelect"];
type MemberRow = Tables["members"]["$inferSelect"];

/** A room as the wire has it, in 0.8.0's fields and its client's. */
export function toWireRoom(row: RoomRow): Room {
  return {
    id: row.id,
    name: row.name,
    owner: row.ownerId,
    description: row.description,
    settings: {
      description: row.description,
      is_private: row.isPrivate,
      public: !row.isPrivate,
      max_members: row.maxMembers,
    },
    created_at: new Date(row.createdAt).toISOString(),
  };
}

export function toWireMembership(row: MemberRow): RoomMembership {
  return {
    room_id: row.conversationId as string as RoomMembership["room_id"],
    user_id: row.userId,
    role: row.role,
    joined_at: new Date(row.joinedAt).toISOString(),
  };
}

// Control, format, surrogate, private-use and unassigned characters, and line ends: a name is one visible line.
const unfitForName = /[\p{C}\p{Zl}\p{Zp}]/u;

/** A room's name as it is stored: without blanks around it. @throws ChatError `room_name_invalid` */
export function checkRoomName(name: string): string {
  const trimmed = name.trim().normalize("NFC");
  const length = [...trimmed].length;
  if (length === 0 || length > limits.roomNameChars || unfitForName.test(trimmed)) {
    throw new ChatError("room_name_invalid");
  }
  return trimmed;
}
