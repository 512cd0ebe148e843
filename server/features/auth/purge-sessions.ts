import type { ClockGuard, ClockReading } from "../../security/clock-guard.ts";
import type { Database } from "../../storage/database.ts";
import type { StorageLog } from "../../storage/storage-log.ts";
import { purgeSessionsOperation } from "./session-store.ts";

export interface PurgeDeps {
  readonly db: Pick<Database, "write">;
  readonly log: Pick<StorageLog, "warn">;
  readonly clockGuard: ClockGuard;
  readonly clocks: () => ClockReading;
}

/** Removes sessions that are long over, which take room and nothing else; not by a clock that has jumped. */
export function createPurgeSessions(deps: PurgeDeps): () => Promise<void> {
  const { db, log, clockGuard, clocks } = deps;
  return async () => {
    const jumped = clockGuard.unsettled(clocks());
    if (jumped !== undefined) {
      log.warn({ durationMs: jumped }, jumpText);
      return;
    }
    await db
      .write(purgeSessionsOperation, {})
      .catch((error: unknown) => log.warn({ err: error }, "old sessions could not be purged"));
  };
}

const jumpText =
  "the clock differs from before: nothing is purged until it is back, or has run evenly for a day. Is it right?";
