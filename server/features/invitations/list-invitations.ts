import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { listInvitations } from "./invitation-list-store.ts";
import { toWireInvitation } from "./invitation-rules.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";

export function createListInvitations({
  db,
  clock,
}: Pick<InvitationsDeps, "db" | "clock">): Handler<"list_invitations"> {
  return async ({ session }, { sent = false, limit = limits.pageSize, offset = 0 }) => {
    const now = clock.now();
    const query = { userId: session.userId, sent, now, limit, offset };
    const { invitations, total } = await listInvitations(db, query);
    return {
      invitations: invitations.map((invitation) => toWireInvitation(invitation, now)),
      has_more: offset + invitations.length < total,
      total_count: total,
    };
  };
}
