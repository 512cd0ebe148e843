import type { InvitationId } from "@lair-chat/protocol/ids.ts";
import type { Handler } from "../../commands/handler.ts";
import { cancelledEvent, receivedEvent } from "./invitation-rules.ts";
import { inviteToRoomOperation } from "./invitation-store.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";

export function createInviteToRoom({
  db,
  bus,
  newId,
}: Pick<InvitationsDeps, "db" | "bus" | "newId">): Handler<"invite_to_room"> {
  return async ({ session }, { room_id: roomId, user_id: inviteeId, message = null }) => {
    const { invitation: named, expired } = await db.write(inviteToRoomOperation, {
      invitationId: newId() as InvitationId,
      roomId,
      inviterId: session.userId,
      inviteeId,
      message,
    });
    if (expired !== undefined) bus.toUser(inviteeId, cancelledEvent(expired, "expired"));
    const received = receivedEvent(named);
    bus.toUser(inviteeId, received);
    return { invitation: received.invitation };
  };
}
