import type { Handler } from "../../commands/handler.ts";
import { unbanMemberOperation } from "./room-ban-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createUnbanMember({ db }: Pick<RoomsDeps, "db">): Handler<"unban_member"> {
  return async ({ session }, { room_id: roomId, user_id: targetId }) => {
    await db.write(unbanMemberOperation, { roomId, userId: session.userId, targetId });
    return {};
  };
}
