import type { Handler } from "../../commands/handler.ts";
import { declineInvitationOperation } from "./invitation-store.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";
import { refuseExpired } from "./refuse-expired.ts";

export function createDeclineInvitation({
  db,
  bus,
}: Pick<InvitationsDeps, "db" | "bus">): Handler<"decline_invitation"> {
  return async ({ session }, { invitation_id: invitationId }) => {
    const args = { invitationId, userId: session.userId };
    const answered = await db.write(declineInvitationOperation, args);
    if (answered.kind === "expired") return refuseExpired(bus, answered.row);
    bus.userLogGrew(session.userId);
    return {};
  };
}
