import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { doneBy, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "sessions">;
type Names = "stats" | "banUser" | "unbanUser" | "setUserRole" | "deleteAnyRoom" | "sendNotice";

/** What admins of the server can do; it is the server that knows who is one. */
export const serverAdministrationActions = (parts: Parts): Pick<Actions, Names> => ({
  stats: () => outcomeOf(async () => (await ask(parts, "get_stats", {})).stats),
  banUser: (user_id, reason, hours) =>
    doneBy(() =>
      ask(parts, "ban_user", {
        user_id,
        ...(reason === "" ? {} : { reason }),
        ...(hours === undefined ? {} : { duration_hours: hours }),
      }),
    ),
  unbanUser: (user_id) => doneBy(() => ask(parts, "unban_user", { user_id })),
  setUserRole: (user_id, role) => doneBy(() => ask(parts, "set_user_role", { user_id, role })),
  deleteAnyRoom: (room_id, reason) =>
    doneBy(() =>
      ask(parts, "admin_delete_room", { room_id, ...(reason === "" ? {} : { reason }) }),
    ),
  sendNotice: (message, severity = "info") =>
    outcomeOf(async () => {
      const { receivers } = await ask(parts, "send_server_notice", { message, severity });
      return receivers;
    }),
});
