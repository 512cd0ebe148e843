import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Handler } from "../../commands/handler.ts";
import { toWireUser } from "./user-rules.ts";
import { setEmailOperation, userById } from "./user-store.ts";
import type { UsersDeps } from "./users-deps.ts";

type Deps = Pick<UsersDeps, "db" | "confirmPassword">;

export function createUpdateProfile({ db, confirmPassword }: Deps): Handler<"update_profile"> {
  return async (call, { email, current_password: password }) => {
    const { session } = call;
    const row = await userById(db, session.userId);
    if (row === undefined) throw new ChatError("session_not_found");
    if (email === undefined || email === (row.email ?? ""))
      return { user: toWireUser(row, session) };
    await confirmPassword(call, password);
    const changed = await db.write(setEmailOperation, { userId: row.id, email: email || null });
    return { user: toWireUser(changed, session) };
  };
}
