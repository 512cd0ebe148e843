import type { Presence } from "../../cluster/presence.ts";
import type { Database, Reader } from "../../storage/database.ts";

/** What the handlers of this feature work with. */
export interface ConversationsDeps {
  readonly db: Reader & Pick<Database, "logId">;
  readonly presence: Presence;
}
