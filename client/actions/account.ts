import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { doneBy } from "./outcome.ts";

type Parts = Pick<ActionParts, "sessions">;

/** What concerns one's own account. */
export const accountActions = (
  parts: Parts,
): Pick<Actions, "blockUser" | "unblockUser" | "changePassword"> => ({
  blockUser: (user_id) => doneBy(() => ask(parts, "block_user", { user_id })),
  unblockUser: (user_id) => doneBy(() => ask(parts, "unblock_user", { user_id })),
  changePassword: (current_password, new_password) =>
    doneBy(() => ask(parts, "change_password", { current_password, new_password })),
});
