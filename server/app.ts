import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { v7 as uuidv7 } from "uuid";
import { createLocalRateLimits } from "./cluster/local-rate-limits.ts";
import { createDispatch, type Dispatch } from "./commands/dispatch.ts";
import type { Handlers } from "./commands/handler.ts";
import type { Config } from "./config/config.ts";
import { loadJwtSecret } from "./config/jwt-secret.ts";
import { Admission } from "./connections/admission.ts";
import { type ConnectionLimits, connectionLimits } from "./connections/connection-limits.ts";
import { Connections } from "./connections/connections.ts";
import { Hub } from "./connections/hub.ts";
import { Turn } from "./connections/turn.ts";
import { createAuthHandlers } from "./features/auth/auth-handlers.ts";
import { createLoginLockout } from "./features/auth/login-lockout.ts";
import { createSessionCheck, type SessionCheck } from "./features/auth/session-check.ts";
import { purgeSessionsOperation } from "./features/auth/session-store.ts";
import { createSetupToken } from "./features/auth/setup-token.ts";
import { conversationIdsOf } from "./features/conversations/conversation-store.ts";
import { createConversationsHandlers } from "./features/conversations/conversations-handlers.ts";
import { toEvent } from "./features/conversations/log-rules.ts";
import { createMessagesHandlers } from "./features/messages/messages-handlers.ts";
import { createPresenceHandlers } from "./features/presence/presence-handlers.ts";
import { createRoomsHandlers } from "./features/rooms/rooms-handlers.ts";
import { createUsersHandlers } from "./features/users/users-handlers.ts";
import type { Logger } from "./observability/logger.ts";
import packageInfo from "./package.json" with { type: "json" };
import { systemClock } from "./security/clock.ts";
import { createHashQueue, type HashQueue } from "./security/hash-queue.ts";
import { createPasswordHasher, hashCosts } from "./security/password-hash.ts";
import { type AccessTokens, createAccessTokens } from "./security/tokens.ts";
import type { Database } from "./storage/database.ts";
import { takeInstanceLock } from "./storage/instance-lock.ts";
import type { LogEntry } from "./storage/log-entry.ts";
import { openSqlite } from "./storage/open-sqlite.ts";
import { createReadinessCheck } from "./storage/readiness-probe.ts";
import type { FatalFault } from "./storage/writer-client.ts";
import type { BoundAddress } from "./transports/bind.ts";
import { type HttpListener, listenHttp } from "./transports/http/http-listener.ts";
import { InboundBudget } from "./transports/tcp/inbound-budget.ts";
import { listenTcp, type TcpListener } from "./transports/tcp/tcp-listener.ts";
import { writerThreadFile } from "./writer-thread-file.ts";

/** Bytes of unfinished frames that all connections together may hold. */
const inboundBytes = 64 * 1024 * 1024;
const purgeEveryMs = 60 * 60 * 1000;

export interface AppDeps {
  readonly log: Logger;
  /** The database failed in a way that leaves open what was stored: the process must end. */
  readonly onFatal: (fault: FatalFault) => void;
}

export interface App extends AsyncDisposable {
  readonly tcp: BoundAddress;
  readonly http: BoundAddress;
  /** With it the first admin can be made; undefined once there is one. */
  readonly setupToken: string | undefined;
  /** Stops accepting, says goodbye, answers what was asked for; what takes longer is cut. */
  drain(deadlineMs: number): Promise<void>;
}

/** Builds the server from its parts, in this order, and takes it down in the other. */
export async function startApp(config: Config, { log, onFatal }: AppDeps): Promise<App> {
  await using stack = new AsyncDisposableStack();
  stack.use(takeInstanceLock(config.database.file, "the server"));
  const db = stack.use(
    await openSqlite({ ...config.database, writerThread: writerThreadFile, logger: log, onFatal }),
  );
  const tokens = createAccessTokens({ secret: loadJwtSecret(config), clock: systemClock });
  const hashQueue = stack.use(createHashQueue());
  const sessions = createSessionCheck({ db, clock: systemClock, tokens });
  const turn = new Turn((error) => log.error({ err: error }, "a step of this turn failed"));
  const limits = connectionLimits({
    maxConnections: config.tcpMaxConnections,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
  });
  const hub = new Hub<LogEntry>({
    turn,
    log,
    toEvent,
    conversationIdsOf: (userId) => conversationIdsOf(db, userId),
    maxConnectionsPerUser: limits.maxConnectionsPerUser,
  });
  db.onCommit((entries) => hub.publish(entries));
  const rateLimits = rateLimitsOf(config);
  const handlers = createHandlers({ config, db, hub, tokens, hashQueue });
  const dispatch = createDispatch({ handlers, rateLimits });
  const connections = stack.use(
    new Connections({ dispatch, turn, hub, limits, log, monotonic, ...sessions, now, random }),
  );
  stack.use(purgeHourly(db, log));
  const setupToken = await createSetupToken({ db });
  const parts = { config, log, limits, connections, dispatch, sessions, db, rateLimits };
  const tcp = stack.use(await openTcp(parts));
  const http = stack.adopt(await openHttp(parts), (listener) => listener.close(0));
  const owned = stack.move();
  return {
    tcp,
    http,
    setupToken,
    async drain(deadlineMs) {
      tcp.stopAccepting();
      await Promise.all([connections.drain(deadlineMs), http.close(deadlineMs)]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const now = () => Date.now();
const monotonic = () => performance.now();
const random = () => Math.random();

/** Sessions that are long over take room and nothing else. */
function purgeHourly(db: Database, log: Logger): Disposable {
  const purge = () =>
    db
      .write(purgeSessionsOperation, {})
      .catch((error: unknown) => log.warn({ err: error }, "old sessions could not be purged"));
  const timer = setInterval(() => void purge(), purgeEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

interface HandlerParts {
  readonly config: Config;
  readonly db: Database;
  readonly hub: Hub<LogEntry>;
  readonly tokens: AccessTokens;
  readonly hashQueue: HashQueue;
}

function createHandlers({ config, db, hub, tokens, hashQueue }: HandlerParts): Handlers {
  const clock = systemClock;
  const newId = () => uuidv7();
  const passwords = createPasswordHasher(hashQueue, hashCosts[config.passwordHashing]);
  const lockout = createLoginLockout(clock);
  const { registration } = config;
  const auth = { db, clock, newId, passwords, tokens, lockout, bus: hub, registration };
  return {
    ping: () => ({ server_time: new Date(clock.now()).toISOString() }),
    ...createAuthHandlers(auth),
    ...createUsersHandlers({ db, presence: hub }),
    ...createRoomsHandlers({ db, presence: hub, newId }),
    ...createConversationsHandlers({ db, presence: hub }),
    ...createMessagesHandlers({ db, newId }),
    ...createPresenceHandlers({ db, bus: hub, clock }),
  };
}

function rateLimitsOf(config: Config) {
  const rates = {
    register: config.limitRegister,
    login: config.limitLogin,
    api: config.limitApi,
    apiUser: config.limitApiUser,
    messages: config.limitMessages,
  };
  return createLocalRateLimits({ rates, monotonic });
}

interface ListenerParts {
  readonly config: Config;
  readonly log: Logger;
  readonly limits: ConnectionLimits;
  readonly connections: Connections;
  readonly dispatch: Dispatch;
  readonly sessions: SessionCheck;
  readonly db: Database;
  readonly rateLimits: ReturnType<typeof rateLimitsOf>;
}

function openTcp({ config, log, limits, connections }: ListenerParts): Promise<TcpListener> {
  return listenTcp(
    { host: config.bindAddress, port: config.tcpPort, tls: readTls(config) },
    {
      connections,
      admission: new Admission(limits),
      inbound: new InboundBudget(inboundBytes),
      limits,
      log,
    },
  );
}

function openHttp(parts: ListenerParts): Promise<HttpListener> {
  const { config, log, limits, dispatch, sessions, db, rateLimits } = parts;
  return listenHttp(
    { host: config.bindAddress, port: config.httpPort, tls: readTls(config) },
    {
      dispatch,
      rateLimits,
      log,
      version: packageInfo.version,
      admission: new Admission(limits),
      authenticateToken: sessions.authenticateToken,
      checkReady: createReadinessCheck(db, monotonic),
    },
  );
}

function readTls({ tls }: Config) {
  if (tls === undefined) return undefined;
  return { cert: readFileSync(tls.certPath), key: readFileSync(tls.keyPath) };
}
