import type { Handler } from "../../commands/handler.ts";
import { leaveRoomOperation } from "./room-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createLeaveRoom({ db }: Pick<RoomsDeps, "db">): Handler<"leave_room"> {
  return async ({ session }, { room_id: roomId }) => {
    await db.write(leaveRoomOperation, { roomId, userId: session.userId });
    return {};
  };
}
