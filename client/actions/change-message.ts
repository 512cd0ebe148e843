import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { doneBy } from "./outcome.ts";

type Parts = Pick<ActionParts, "sessions">;

/** Changing what was said; what comes of it is told by the log as to everybody else. */
export const changeMessageActions = (
  parts: Parts,
): Pick<Actions, "editMessage" | "deleteMessage"> => ({
  editMessage: (message_id, content) =>
    doneBy(() => ask(parts, "edit_message", { message_id, content: content.toWellFormed() })),
  deleteMessage: (message_id) => doneBy(() => ask(parts, "delete_message", { message_id })),
});
