import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, eq, sql } from "drizzle-orm";
import { type Action, type Actor, demand, type Resource, standingOf } from "../../rights/can.ts";
import type { Reader } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";
import type { MemberRow, RoomRow } from "./room-rules.ts";

/** Somebody and a room, with all that decides about what he may do there. */
export interface RoomAccess {
  readonly room: RoomRow;
  readonly member: MemberRow | undefined;
  readonly actor: Actor;
  readonly resource: Resource;
}

export interface RoomAndUser {
  readonly roomId: RoomId;
  readonly userId: UserId;
}

const at = sql.placeholder;

// One query, whatever comes of it: how long an answer takes must not tell a private room from none.
const accessQuery = preparedRead(({ read, tables: { rooms, members, roomBans, users } }) =>
  read
    .select({ room: rooms, member: members, bannedId: roomBans.userId, role: users.role })
    .from(rooms)
    .leftJoin(members, and(eq(members.conversationId, rooms.id), eq(members.userId, at("userId"))))
    .leftJoin(roomBans, and(eq(roomBans.roomId, rooms.id), eq(roomBans.userId, at("userId"))))
    .leftJoin(users, eq(users.id, at("userId")))
    .where(eq(rooms.id, at("roomId")))
    .prepare("room_access"),
);

/** What somebody is to a room, whatever he may do; undefined when there is no such room. */
export async function roomAccess(
  reader: Reader,
  { roomId, userId }: RoomAndUser,
): Promise<RoomAccess | undefined> {
  const [row] = await accessQuery(reader).execute({ roomId, userId });
  if (row === undefined) return undefined;
  const { room, bannedId } = row;
  const member = row.member ?? undefined;
  return {
    room,
    member,
    actor: { standing: standingOf(member?.role, bannedId !== null), role: row.role ?? "user" },
    resource: { kind: "room", isPrivate: room.isPrivate, moderated: room.moderated },
  };
}

/**
 * A room that somebody may do this with. In a write operation it holds for the whole transaction.
 * @throws ChatError `room_not_found` when there is none, and whatever `can` answers
 */
export async function admitToRoom(
  reader: Reader,
  who: RoomAndUser,
  action: Action,
): Promise<RoomAccess> {
  const access = await roomAccess(reader, who);
  if (access === undefined) throw new ChatError("room_not_found");
  demand(access.actor, action, access.resource);
  return access;
}

/** The same, for what only members may do. */
export async function admitMember(
  reader: Reader,
  who: RoomAndUser,
  action: Action,
): Promise<RoomAccess & { readonly member: MemberRow }> {
  const access = await admitToRoom(reader, who, action);
  if (access.member === undefined)
    throw new Error(`${action} is for members, and was not refused.`);
  return { ...access, member: access.member };
}
