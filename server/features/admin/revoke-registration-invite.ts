import type { Handler } from "../../commands/handler.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { revokeInviteOperation } from "./registration-invite-operations.ts";

export function createRevokeRegistrationInvite({
  db,
  log,
}: Pick<AdminDeps, "db" | "log">): Handler<"revoke_registration_invite"> {
  return async ({ session }, { invite_id: id }) => {
    await db.write(revokeInviteOperation, { id, by: session.userId });
    log.info({ actorId: session.userId }, "audit: an invite to the server was revoked");
    return {};
  };
}
