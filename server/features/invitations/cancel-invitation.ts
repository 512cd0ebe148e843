import type { Handler } from "../../commands/handler.ts";
import { cancelledEvent } from "./invitation-rules.ts";
import { cancelInvitationOperation } from "./invitation-store.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";

export function createCancelInvitation({
  db,
  bus,
}: Pick<InvitationsDeps, "db" | "bus">): Handler<"cancel_invitation"> {
  return async ({ session }, { invitation_id: invitationId }) => {
    const args = { invitationId, userId: session.userId };
    const row = await db.write(cancelInvitationOperation, args);
    bus.toUser(row.inviteeId, cancelledEvent(row, "cancelled_by_inviter"));
    return {};
  };
}
