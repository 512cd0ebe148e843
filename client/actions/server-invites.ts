import { limits } from "@lair-chat/protocol/limits.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { doneBy, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "sessions">;
type Names = "createServerInvite" | "listServerInvites" | "revokeServerInvite";

/** Letting people make accounts where that takes an invite; for admins. */
export const serverInviteActions = (parts: Parts): Pick<Actions, Names> => ({
  createServerInvite: ({ uses, hours, note }) =>
    outcomeOf(() =>
      ask(parts, "create_registration_invite", {
        ...(uses === undefined ? {} : { uses }),
        ...(hours === undefined ? {} : { expires_in_hours: hours }),
        ...(note === "" ? {} : { note }),
      }),
    ),
  listServerInvites: (offset) =>
    outcomeOf(async () => {
      const page = { limit: limits.pageSizeMax, offset };
      const found = await ask(parts, "list_registration_invites", page);
      return { items: found.invites, total: found.total_count };
    }),
  revokeServerInvite: (invite_id) =>
    doneBy(() => ask(parts, "revoke_registration_invite", { invite_id })),
});
