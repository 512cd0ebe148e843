import type { Handler } from "../../commands/handler.ts";
import { unblockUserOperation } from "./block-store.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createUnblockUser({
  db,
  bus,
}: Pick<UsersDeps, "db" | "bus">): Handler<"unblock_user"> {
  return async ({ session }, { user_id: blockedId }) => {
    await db.write(unblockUserOperation, { blockerId: session.userId, blockedId });
    bus.userLogGrew(session.userId);
    return {};
  };
}
