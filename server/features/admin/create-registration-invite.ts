import type { RegistrationInviteId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { hashOpaqueToken, newOpaqueToken } from "../../security/opaque-token.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { createInviteOperation } from "./registration-invite-operations.ts";
import { toWireInvite } from "./registration-invite-rules.ts";

const hourMs = 3_600_000;

type Deps = Pick<AdminDeps, "db" | "log" | "newId">;

export function createCreateRegistrationInvite(deps: Deps): Handler<"create_registration_invite"> {
  return async ({ session }, { uses = 1, expires_in_hours: hours = limits.inviteHours, note }) => {
    const token = newOpaqueToken();
    const invite = await deps.db.write(createInviteOperation, {
      id: deps.newId() as RegistrationInviteId,
      tokenHash: hashOpaqueToken(token),
      createdBy: session.userId,
      note: note ?? null,
      maxUses: uses,
      lifeMs: hours * hourMs,
    });
    deps.log.info({ actorId: session.userId }, "audit: an invite to the server was made");
    return { invite: toWireInvite(invite), token };
  };
}
