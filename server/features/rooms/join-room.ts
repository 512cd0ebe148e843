import type { Handler } from "../../commands/handler.ts";
import { toWireMembership, toWireRoom } from "./room-rules.ts";
import { joinRoomOperation } from "./room-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createJoinRoom({ db }: Pick<RoomsDeps, "db">): Handler<"join_room"> {
  return async ({ session }, { room_id: roomId }) => {
    const joined = await db.write(joinRoomOperation, { roomId, userId: session.userId });
    return {
      room: toWireRoom(joined.room),
      membership: toWireMembership(joined.membership),
      seq: joined.seq,
    };
  };
}
