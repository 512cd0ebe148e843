import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { admitToRoom } from "./room-access-store.ts";
import { listMembers } from "./room-list-store.ts";
import { toWireMember } from "./room-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createGetRoomMembers({
  db,
  presence,
}: Pick<RoomsDeps, "db" | "presence">): Handler<"get_room_members"> {
  return async ({ session }, { room_id: roomId, limit = limits.pageSize, offset = 0 }) => {
    await admitToRoom(db, { roomId, userId: session.userId }, "conversation.read");
    const { members, total } = await listMembers(db, roomId, { limit, offset });
    return {
      members: members.map((member) =>
        toWireMember(member, {
          username: member.username,
          isOnline: presence.isOnline(member.userId),
        }),
      ),
      total,
      has_more: offset + members.length < total,
    };
  };
}
