import type { Handler } from "../../commands/handler.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { unbanUserOperation } from "./admin-store.ts";

export function createUnbanUser({ db, log }: Pick<AdminDeps, "db" | "log">): Handler<"unban_user"> {
  return async ({ session }, { user_id: userId }) => {
    await db.write(unbanUserOperation, { by: session.userId, userId });
    log.info({ actorId: session.userId, userId }, "audit: a user was unbanned");
    return {};
  };
}
