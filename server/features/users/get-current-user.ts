import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Handler } from "../../commands/handler.ts";
import { toWireUser } from "./user-rules.ts";
import { userById } from "./user-store.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createGetCurrentUser({ db }: Pick<UsersDeps, "db">): Handler<"get_current_user"> {
  return async ({ session }) => {
    const row = await userById(db, session.userId);
    // A session goes with its user; this one lost a race.
    if (row === undefined) throw new ChatError("session_not_found");
    return { user: toWireUser(row, session) };
  };
}
