import type { TokenBuckets } from "./cluster/token-buckets.ts";
import type { Handlers } from "./commands/handler.ts";
import type { Config } from "./config/config.ts";
import type { Hub } from "./connections/hub.ts";
import type { AdminDeps } from "./features/admin/admin-deps.ts";
import { createAdminHandlers } from "./features/admin/admin-handlers.ts";
import { createAuthHandlers } from "./features/auth/auth-handlers.ts";
import { createConfirmPassword } from "./features/auth/confirm-password.ts";
import { createLoginLockout, type LoginLockout } from "./features/auth/login-lockout.ts";
import { createRefreshBuckets } from "./features/auth/refresh.ts";
import { createConversationsHandlers } from "./features/conversations/conversations-handlers.ts";
import { createInvitationsHandlers } from "./features/invitations/invitations-handlers.ts";
import { createMessagesHandlers } from "./features/messages/messages-handlers.ts";
import { createPresenceHandlers } from "./features/presence/presence-handlers.ts";
import { createTypingPacer, type TypingPacer } from "./features/presence/typing.ts";
import { createRoomsHandlers } from "./features/rooms/rooms-handlers.ts";
import { createUsersHandlers } from "./features/users/users-handlers.ts";
import { type Counts, createCounts } from "./metric-sources.ts";
import type { Logger } from "./observability/logger.ts";
import { systemClock } from "./security/clock.ts";
import { createIdSource } from "./security/new-id.ts";
import type { PasswordHasher } from "./security/password-hash.ts";
import type { AccessTokens } from "./security/tokens.ts";
import type { Database } from "./storage/database.ts";
import type { LogEntry } from "./storage/log-entry.ts";

interface HandlerParts {
  readonly config: Config;
  readonly db: Database;
  readonly hub: Hub<LogEntry>;
  readonly tokens: AccessTokens;
  readonly passwords: PasswordHasher;
  readonly log: Logger;
  readonly connectionCounts: AdminDeps["connectionCounts"];
  readonly memory: Memory;
}

/** What handlers keep in mind between two requests, bounded, and told by metrics. */
export interface Memory {
  readonly lockout: LoginLockout;
  readonly pacer: TypingPacer;
  readonly refreshes: TokenBuckets;
  readonly counts: Counts;
}

export function createMemory(): Memory {
  return {
    lockout: createLoginLockout(systemClock),
    pacer: createTypingPacer(systemClock),
    refreshes: createRefreshBuckets(),
    counts: createCounts(),
  };
}

/** All commands, with what each feature needs. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { config, db, hub, tokens, passwords, log, connectionCounts } = parts;
  const { lockout, pacer, refreshes, counts } = parts.memory;
  const clock = systemClock;
  const newId = createIdSource();
  const { registration } = config;
  const auth = { db, clock, newId, passwords, tokens, lockout, refreshes, bus: hub, registration };
  const shared = { db, bus: hub, presence: hub };
  return {
    ping: () => ({ server_time: new Date(clock.now()).toISOString() }),
    ...createAuthHandlers(auth),
    ...createUsersHandlers({ ...shared, confirmPassword: createConfirmPassword(auth) }),
    ...createRoomsHandlers({ ...shared, newId }),
    ...createInvitationsHandlers({ ...shared, clock, newId }),
    ...createConversationsHandlers({ db, presence: hub }),
    ...createMessagesHandlers({ db, bus: hub, newId, repeats: counts.repeats }),
    ...createPresenceHandlers({ db, bus: hub, pacer }),
    ...createAdminHandlers({
      ...shared,
      clock,
      log,
      newId,
      connectionCounts,
      startedAt: clock.now(),
    }),
  };
}
