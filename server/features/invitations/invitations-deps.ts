import type { Bus } from "../../cluster/bus.ts";
import type { Clock } from "../../security/clock.ts";
import type { Database } from "../../storage/database.ts";

/** What the handlers of this feature work with. */
export interface InvitationsDeps {
  readonly db: Pick<Database, "read" | "tables" | "write">;
  readonly bus: Pick<Bus, "toUser" | "userLogGrew">;
  readonly clock: Clock;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
}
