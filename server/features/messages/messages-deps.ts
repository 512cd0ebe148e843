import type { Bus } from "../../cluster/bus.ts";
import type { Tally } from "../../observability/metrics/tally.ts";
import type { Database } from "../../storage/database.ts";

/** What the handlers of this feature work with. */
export interface MessagesDeps {
  readonly db: Pick<Database, "read" | "tables" | "write">;
  readonly bus: Pick<Bus, "toUser">;
  /** Counts retries of what was stored. */
  readonly repeats?: Tally;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
}
