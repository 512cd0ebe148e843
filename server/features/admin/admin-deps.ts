import type { Bus } from "../../cluster/bus.ts";
import type { Presence } from "../../cluster/presence.ts";
import type { Clock } from "../../security/clock.ts";
import type { Database } from "../../storage/database.ts";

/** Connections that are open now. */
export interface ConnectionCounts {
  readonly tcp: number;
  readonly websocket: number;
}

/** What administrators did, by ids only: the log keeps no names and no reasons. */
export interface AuditLog {
  info(
    fields: {
      readonly actorId: string;
      readonly userId?: string;
      readonly conversationId?: string;
    },
    text: string,
  ): void;
}

/** What the handlers of this feature work with. */
export interface AdminDeps {
  readonly db: Pick<Database, "read" | "tables" | "write">;
  readonly bus: Pick<Bus, "closeConversation" | "endUser" | "toEveryone" | "toUser">;
  readonly presence: Pick<Presence, "onlineUsers">;
  readonly clock: Clock;
  readonly log: AuditLog;
  readonly connectionCounts: () => ConnectionCounts;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
  /** When the server was started, by the clock. */
  readonly startedAt: number;
}
