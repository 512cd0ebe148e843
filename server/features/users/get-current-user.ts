import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Handler } from "../../commands/handler.ts";
import { type UnreadMessages, unreadMessagesOf } from "../conversations/unread-store.ts";
import { toWireUser } from "./user-rules.ts";
import { userById } from "./user-store.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createGetCurrentUser({ db }: Pick<UsersDeps, "db">): Handler<"get_current_user"> {
  return async ({ session }) => {
    const row = await userById(db, session.userId);
    // A session goes with its user; this one lost a race.
    if (row === undefined) throw new ChatError("session_not_found");
    const unread = await unreadMessagesOf(db, session.userId);
    return { user: toWireUser(row, session), unread_counts: toWire(unread) };
  };
}

function toWire({ rooms, users }: UnreadMessages): Result<"get_current_user">["unread_counts"] {
  let total = 0;
  for (const counts of [rooms, users]) {
    for (const count of counts.values()) total += count;
  }
  return { total, by_room: Object.fromEntries(rooms), by_dm: Object.fromEntries(users) };
}
