import type { Handler } from "../../commands/handler.ts";
import { toWireMembership, toWireRoom } from "../rooms/room-rules.ts";
import { acceptInvitationOperation } from "./invitation-store.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";
import { refuseExpired } from "./refuse-expired.ts";

export function createAcceptInvitation({
  db,
  bus,
}: Pick<InvitationsDeps, "db" | "bus">): Handler<"accept_invitation"> {
  return async ({ session }, { invitation_id: invitationId }) => {
    const args = { invitationId, userId: session.userId };
    const answered = await db.write(acceptInvitationOperation, args);
    if (answered.kind === "expired") return refuseExpired(bus, answered.row);
    const { room, membership } = answered.joined;
    return { membership: toWireMembership(membership), room: toWireRoom(room) };
  };
}
