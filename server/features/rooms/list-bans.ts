import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { admitToRoom } from "./room-access-store.ts";
import { listBans } from "./room-ban-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createListBans({ db }: Pick<RoomsDeps, "db">): Handler<"list_bans"> {
  return async ({ session }, { room_id: roomId, limit = limits.pageSize, offset = 0 }) => {
    await admitToRoom(db, { roomId, userId: session.userId }, "room.list_bans");
    const { bans, total } = await listBans(db, roomId, { limit, offset });
    return {
      bans: bans.map(({ userId, username, bannedBy, reason, createdAt }) => ({
        user_id: userId,
        username,
        banned_by: bannedBy,
        reason,
        created_at: new Date(createdAt).toISOString(),
      })),
      total,
      has_more: offset + bans.length < total,
    };
  };
}
