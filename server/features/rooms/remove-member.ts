import type { Handler } from "../../commands/handler.ts";
import { removeMemberOperation } from "./member-administration-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createRemoveMember({ db }: Pick<RoomsDeps, "db">): Handler<"remove_member"> {
  return async ({ session }, { room_id: roomId, user_id: targetId }) => {
    await db.write(removeMemberOperation, { roomId, userId: session.userId, targetId });
    return {};
  };
}
