import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { listInvites } from "../auth/registration-invite-store.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { toWireInvite } from "./registration-invite-rules.ts";

export function createListRegistrationInvites({
  db,
}: Pick<AdminDeps, "db">): Handler<"list_registration_invites"> {
  return async (_call, { limit = limits.pageSize, offset = 0 }) => {
    const { invites, total } = await listInvites(db, { limit, offset });
    return {
      invites: invites.map(toWireInvite),
      total_count: total,
      has_more: offset + invites.length < total,
    };
  };
}
