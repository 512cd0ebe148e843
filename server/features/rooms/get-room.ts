import type { Handler } from "../../commands/handler.ts";
import { admitToRoom } from "./room-access-store.ts";
import { toWireMembership, toWireRoom } from "./room-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createGetRoom({ db }: Pick<RoomsDeps, "db">): Handler<"get_room"> {
  return async ({ session }, { room_id: roomId }) => {
    const who = { roomId, userId: session.userId };
    const { room, member } = await admitToRoom(db, who, "room.see");
    return {
      room: toWireRoom(room),
      ...(member !== undefined && { membership: toWireMembership(member) }),
      member_count: room.memberCount,
    };
  };
}
