import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import { toWireUser } from "./user-rules.ts";
import { pageOfUsers, pageOfUsersAmong } from "./user-store.ts";
import type { UsersDeps } from "./users-deps.ts";
import { visiblyOnline } from "./visible-presence.ts";

export function createListUsers(deps: UsersDeps): Handler<"list_users"> {
  return async ({ session }, { filter, limit = limits.pageSize, offset = 0 }) => {
    const me = session.userId;
    const query = { search: filter?.search, limit, offset };
    const page = filter?.online_only
      ? await pageOfUsersAmong(
          deps.db,
          [...(await visiblyOnline(deps, me, deps.presence.onlineUsers()))],
          query,
        )
      : await pageOfUsers(deps.db, query);
    const ids = page.rows.map((row) => row.id);
    const online = await visiblyOnline(deps, me, ids);
    return {
      users: page.rows.map((row) => toWireUser(row, session)),
      online_user_ids: ids.filter((id) => online.has(id)),
      has_more: offset + page.rows.length < page.total,
      total_count: page.total,
    };
  };
}
