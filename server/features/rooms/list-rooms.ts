import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { listRooms } from "./room-list-store.ts";
import { toWireRoom } from "./room-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createListRooms({ db }: Pick<RoomsDeps, "db">): Handler<"list_rooms"> {
  return async ({ session }, { filter, limit = limits.pageSize, offset = 0 }) => {
    const { rooms, total } = await listRooms(db, {
      userId: session.userId,
      search: filter?.search,
      joinedOnly: filter?.joined_only,
      publicOnly: filter?.public_only,
      limit,
      offset,
    });
    return {
      rooms: rooms.map(({ room, role }) => ({
        room: toWireRoom(room),
        member_count: room.memberCount,
        is_member: role !== null,
      })),
      has_more: offset + rooms.length < total,
      total_count: total,
    };
  };
}
