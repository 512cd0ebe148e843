import type { ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import type { LocalRateLimits } from "./cluster/local-rate-limits.ts";
import type { TokenBuckets } from "./cluster/token-buckets.ts";
import type { ConnectionLimits } from "./connections/connection-limits.ts";
import type { Connections } from "./connections/connections.ts";
import type { HeadsSweep } from "./connections/heads-sweep.ts";
import type { Hub } from "./connections/hub.ts";
import type { LoginLockout } from "./features/auth/login-lockout.ts";
import type { TypingPacer } from "./features/presence/typing.ts";
import { Tally, TallyByName } from "./observability/metrics/tally.ts";
import type { HashQueue } from "./security/hash-queue.ts";
import type { SqliteDatabase } from "./storage/open-sqlite.ts";
import type { Listeners } from "./transports/listeners.ts";

/** Everything that has something to tell. */
export interface MetricSources {
  readonly connections: Pick<Connections, "stats" | "traffic" | "lagCounts">;
  readonly hub: Pick<Hub<never>, "stats">;
  readonly headsSweep: Pick<HeadsSweep, "stats">;
  readonly listeners: Pick<Listeners, "stats">;
  readonly db: Pick<SqliteDatabase, "stats" | "takeSlowestCommit">;
  readonly rateLimits: Pick<LocalRateLimits, "stats">;
  readonly lockout: Pick<LoginLockout, "stats">;
  readonly pacer: Pick<TypingPacer, "stats">;
  readonly refreshes: Pick<TokenBuckets, "size" | "capacity">;
  readonly hashQueue: Pick<HashQueue, "stats">;
  readonly counts: Counts;
  readonly limits: ConnectionLimits;
}

/** What is counted where it happens. */
export interface Counts {
  readonly requests: TallyByName<CommandName>;
  readonly errors: TallyByName<ErrorCode>;
  readonly repeats: Tally;
  /** Counts an error that a client is told of. */
  readonly onError: (code: ErrorCode) => void;
}

export function createCounts(): Counts {
  const errors = new TallyByName<ErrorCode>();
  return {
    requests: new TallyByName(),
    errors,
    repeats: new Tally(),
    onError: (code) => errors.add(code),
  };
}
