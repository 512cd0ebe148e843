import type { Handler } from "../../commands/handler.ts";
import { blockUserOperation } from "./block-store.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createBlockUser({ db, bus }: Pick<UsersDeps, "db" | "bus">): Handler<"block_user"> {
  return async ({ session }, { user_id: blockedId }) => {
    await db.write(blockUserOperation, { blockerId: session.userId, blockedId });
    bus.userLogGrew(session.userId);
    return {};
  };
}
