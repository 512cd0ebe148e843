import { limits } from "@lair-chat/protocol/limits.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { doneBy, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "sessions">;
type Names =
  | "blockUser"
  | "unblockUser"
  | "listBlocked"
  | "profile"
  | "updateEmail"
  | "changePassword";

/** What concerns one's own account. */
export const accountActions = (parts: Parts): Pick<Actions, Names> => ({
  blockUser: (user_id) => doneBy(() => ask(parts, "block_user", { user_id })),
  unblockUser: (user_id) => doneBy(() => ask(parts, "unblock_user", { user_id })),
  listBlocked: (offset) =>
    outcomeOf(async () => {
      const page = { limit: limits.pageSizeMax, offset };
      const { users, total_count: total } = await ask(parts, "list_blocked_users", page);
      return { items: users, total };
    }),
  profile: () => outcomeOf(async () => (await ask(parts, "get_current_user", {})).user),
  updateEmail: (email, current_password) =>
    doneBy(() => ask(parts, "update_profile", { email, current_password })),
  changePassword: (current_password, new_password) =>
    doneBy(() => ask(parts, "change_password", { current_password, new_password })),
});
