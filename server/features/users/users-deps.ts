import type { Bus } from "../../cluster/bus.ts";
import type { Presence } from "../../cluster/presence.ts";
import type { SignedInCall } from "../../commands/handler.ts";
import type { Database } from "../../storage/database.ts";
import type { UserRow } from "./user-store.ts";

/** What the handlers of this feature work with. */
export interface UsersDeps {
  readonly db: Pick<Database, "read" | "tables" | "write">;
  readonly presence: Presence;
  readonly bus: Pick<Bus, "userLogGrew">;
  /**
   * The caller's account, after the password was asked for once more.
   * @throws ChatError `incorrect_password`, `account_locked`, `busy`
   */
  readonly confirmPassword: (call: SignedInCall, password: string | undefined) => Promise<UserRow>;
}
