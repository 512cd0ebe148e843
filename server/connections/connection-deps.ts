import type { ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { Dispatch } from "../commands/dispatch.ts";
import type { PageTurns } from "../commands/page-turns.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import type { ConnectionLog } from "./connection-log.ts";
import type { LaggingReaders } from "./lagging-readers.ts";
import type { SessionBindingDeps } from "./session-binding.ts";
import type { Traffic } from "./traffic.ts";
import type { Turn } from "./turn.ts";

/** What a connection works with. */
export interface ConnectionDeps extends SessionBindingDeps {
  readonly dispatch: Dispatch;
  readonly turn: Pick<Turn, "write">;
  readonly limits: ConnectionLimits;
  readonly log: ConnectionLog;
  readonly lagging: LaggingReaders;
  readonly pages: Pick<PageTurns, "take">;
  readonly traffic: Traffic;
  /** Told of every error that a client is told of. */
  readonly onError?: (code: ErrorCode) => void;
}

/** Who keeps the connection is told of it, each once. */
export interface ConnectionLife {
  signedIn(): void;
  closed(): void;
}
