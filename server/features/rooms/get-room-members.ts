import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { readableConversation } from "../conversations/readable-store.ts";
import { listMembers } from "./room-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createGetRoomMembers({
  db,
  presence,
}: Pick<RoomsDeps, "db" | "presence">): Handler<"get_room_members"> {
  return async ({ session }, { room_id: roomId, limit = limits.pageSize, offset = 0 }) => {
    await readableConversation(db, session.userId, { type: "room", room_id: roomId });
    const { members, total } = await listMembers(db, roomId, { limit, offset });
    return {
      members: members.map(({ userId, username, role, joinedAt }) => ({
        user_id: userId,
        username,
        role,
        joined_at: new Date(joinedAt).toISOString(),
        is_online: presence.isOnline(userId),
      })),
      total,
      has_more: offset + members.length < total,
    };
  };
}
