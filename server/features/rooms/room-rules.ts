import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Room, RoomMembership, RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Action } from "../../rights/can.ts";
import type { Tables } from "../../storage/schema/tables.ts";

export type RoomRow = Tables["rooms"]["$inferSelect"];
export type MemberRow = Tables["members"]["$inferSelect"];

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
      moderated: row.moderated,
      join_role: row.joinRole,
      history: row.history,
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

/** Names that differ only in case, or in how their characters are written, are one name. */
export function roomNameKey(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

/** What can be changed of a room, and what the wire calls it. */
const changeable = {
  name: "name",
  description: "description",
  isPrivate: "settings.public",
  maxMembers: "settings.max_members",
  moderated: "settings.moderated",
  joinRole: "settings.join_role",
  history: "settings.history",
} as const satisfies Partial<Record<keyof RoomRow, string>>;

type Changeable = keyof typeof changeable;

/** What somebody wants a room to be; what is undefined stays as it is. */
export type RoomChange = { readonly [Field in Changeable]?: RoomRow[Field] | undefined };

/**
 * What a change comes down to, and the wire's names of what is different then.
 * @throws ChatError `validation_failed` when the room would hold fewer than are in it
 */
export function changesTo(
  room: RoomRow,
  wanted: RoomChange,
): { readonly values: Partial<RoomRow>; readonly names: readonly string[] } {
  const fields = (Object.keys(changeable) as Changeable[]).filter(
    (field) => wanted[field] !== undefined && wanted[field] !== room[field],
  );
  const values = Object.fromEntries(fields.map((field) => [field, wanted[field]]));
  const { maxMembers }: Partial<RoomRow> = values;
  if (maxMembers !== undefined && maxMembers !== null && maxMembers < room.memberCount) {
    throw new ChatError("validation_failed", {
      message: `There are ${room.memberCount} members in the room: it cannot be made smaller.`,
      details: { field: changeable.maxMembers },
    });
  }
  return { values, names: fields.map((field) => changeable[field]) };
}

/** The right that it takes to change these fields, named as the wire does, beside that to change any. */
export function rightsToChange(names: readonly string[]): readonly Action[] {
  return names.includes(changeable.history) ? ["room.set_history"] : [];
}

/** What one becomes by joining: whoever joins a room that everybody has left becomes its owner. */
export function roleOfNext(room: RoomRow): RoomRole {
  return room.memberCount === 0 ? "owner" : room.joinRole;
}

export function isFull({ maxMembers, memberCount }: RoomRow): boolean {
  return maxMembers !== null && memberCount >= maxMembers;
}

/** Nobody promotes, demotes or removes himself. @throws ChatError `permission_denied` */
export function checkIsOther(userId: UserId, targetId: UserId): void {
  if (userId !== targetId) return;
  throw new ChatError("permission_denied", { message: "You can't do that to yourself." });
}

/** The right that it takes to remove somebody, by what he is to the room. */
export function removalOf(target: RoomRole | undefined): Action {
  return `room.remove_${target ?? "outsider"}`;
}

/** What a member is, for whoever shares the room with him. */
export function toWireMember(
  { userId, role, joinedAt }: Pick<MemberRow, "userId" | "role" | "joinedAt">,
  { username, isOnline }: { readonly username: string; readonly isOnline: boolean },
): Result<"update_member_role">["member"] {
  return {
    user_id: userId,
    username,
    role,
    joined_at: new Date(joinedAt).toISOString(),
    is_online: isOnline,
  };
}
