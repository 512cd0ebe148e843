import type { Handler } from "../../commands/handler.ts";
import { cancelledEvent } from "../invitations/invitation-rules.ts";
import { banMemberOperation } from "./member-administration-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createBanMember({ db, bus }: Pick<RoomsDeps, "db" | "bus">): Handler<"ban_member"> {
  return async ({ session }, { room_id: roomId, user_id: targetId, reason = null }) => {
    const args = { roomId, userId: session.userId, targetId, reason };
    const invitation = await db.write(banMemberOperation, args);
    if (invitation !== undefined) {
      bus.toUser(targetId, cancelledEvent(invitation, "cancelled_by_inviter"));
    }
    return {};
  };
}
