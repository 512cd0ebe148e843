import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Handler } from "../../commands/handler.ts";
import { toWireUser } from "../users/user-rules.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { changeUserRoleOperation } from "./admin-store.ts";

type Deps = Pick<AdminDeps, "db" | "bus" | "log">;

/**
 * A connection acts with the role it was signed in with, so those of the user are closed: the session
 * goes on, and signing in with it reads the new role. That leaves no second place to keep in step.
 */
export function createSetUserRole({ db, bus, log }: Deps): Handler<"set_user_role"> {
  return async (call, { user_id: userId, role }) => {
    const { session } = call;
    const by = session.userId;
    const { user, hasChanged } = await db.write(changeUserRoleOperation, { by, userId, role });
    if (hasChanged) {
      log.info({ actorId: by, userId }, "audit: a user's role was changed");
      // First, so that this connection still gets its reply.
      if (userId === by) call.signOut();
      bus.endUser(userId, new ChatError("busy", { message: "Your role has changed. Reconnect." }));
    }
    return { user: toWireUser(user, session) };
  };
}
