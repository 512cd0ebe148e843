import { ChatError } from "@lair-chat/protocol/errors.ts";
import { cancelledEvent, type InvitationRow } from "./invitation-rules.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";

/** Somebody answered an invitation too late: all of his connections are told to forget it. */
export function refuseExpired(bus: InvitationsDeps["bus"], row: InvitationRow): never {
  bus.toUser(row.inviteeId, cancelledEvent(row, "expired"));
  throw new ChatError("invitation_expired");
}
