import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { pageOfBlocked } from "./block-store.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createListBlockedUsers({
  db,
}: Pick<UsersDeps, "db">): Handler<"list_blocked_users"> {
  return async ({ session }, { limit = limits.pageSize, offset = 0 }) => {
    const { users, total } = await pageOfBlocked(db, session.userId, { limit, offset });
    return {
      users: [...users],
      total_count: total,
      has_more: offset + users.length < total,
    };
  };
}
