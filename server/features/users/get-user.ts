import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Handler } from "../../commands/handler.ts";
import { toWireUser } from "./user-rules.ts";
import { userById } from "./user-store.ts";
import type { UsersDeps } from "./users-deps.ts";
import { visiblyOnline } from "./visible-presence.ts";

export function createGetUser(deps: UsersDeps): Handler<"get_user"> {
  return async ({ session }, params) => {
    const id = params.user_id.toLowerCase() as UserId;
    const row = await userById(deps.db, id);
    if (row === undefined) throw new ChatError("user_not_found");
    const online = await visiblyOnline(deps, session.userId, [id]);
    return { user: toWireUser(row, session), online: online.has(id) };
  };
}
