import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { fingerprintOf } from "@lair-chat/protocol/handshake/fingerprint.ts";
import { limits as wireLimits } from "@lair-chat/protocol/limits.ts";
import { createHandlers, createMemory } from "./app-handlers.ts";
import { argon2ThreadFile } from "./argon2-thread-file.ts";
import { createLocalRateLimits } from "./cluster/local-rate-limits.ts";
import { withChannelBinding } from "./commands/channel-binding.ts";
import { createDispatch } from "./commands/dispatch.ts";
import { inPageTurns, PageTurns } from "./commands/page-turns.ts";
import type { Config } from "./config/config.ts";
import { loadJwtSecret } from "./config/jwt-secret.ts";
import { loadNoiseKey } from "./config/noise-key.ts";
import { prepareTls } from "./config/tls-files.ts";
import { type ConnectionLimits, connectionLimits } from "./connections/connection-limits.ts";
import { Connections } from "./connections/connections.ts";
import { HeadsSweep } from "./connections/heads-sweep.ts";
import { Hub } from "./connections/hub.ts";
import { sealingOffer } from "./connections/sealing-offer.ts";
import { Turn } from "./connections/turn.ts";
import { createPurgeSessions } from "./features/auth/purge-sessions.ts";
import { createSessionCheck } from "./features/auth/session-check.ts";
import { createSetupToken } from "./features/auth/setup-token.ts";
import { conversationIdsOf } from "./features/conversations/conversation-store.ts";
import { toEvent, withoutContent } from "./features/conversations/log-rules.ts";
import { toPush } from "./features/conversations/message-text-rules.ts";
import { allHeads } from "./features/conversations/resume-store.ts";
import { userEntriesAfter, userLogHead } from "./features/user-log/user-log-store.ts";
import type { Logger } from "./observability/logger.ts";
import { openMetrics } from "./open-metrics.ts";
import { systemClock } from "./security/clock.ts";
import { ClockGuard } from "./security/clock-guard.ts";
import { createHashQueue } from "./security/hash-queue.ts";
import { createPasswordHasher, hashCosts } from "./security/password-hash.ts";
import { createQuietArgon2, type QuietArgon2 } from "./security/quiet-argon2.ts";
import { createAccessTokens } from "./security/tokens.ts";
import type { Database } from "./storage/database.ts";
import { takeInstanceLock } from "./storage/instance-lock.ts";
import type { LogEntry } from "./storage/log-entry.ts";
import { newestTime } from "./storage/newest-time.ts";
import { openSqlite, type SqliteDatabase } from "./storage/open-sqlite.ts";
import { createReadinessCheck } from "./storage/readiness-probe.ts";
import type { FatalFault } from "./storage/writer-client.ts";
import type { BoundAddress } from "./transports/bind.ts";
import type { PublishedNoiseKey } from "./transports/http/noise-key-route.ts";
import { openListeners } from "./transports/listeners.ts";
import { writerThreadFile } from "./writer-thread-file.ts";

const purgeEveryMs = 60 * 60 * 1000;

/** Passwords that are hashed at once: where there are several cores, one is left to everything else. */
const hashThreads = Math.max(1, Math.min(4, availableParallelism() - 1));

export interface AppDeps {
  readonly log: Logger;
  /** The database failed in a way that leaves open what was stored: the process must end. */
  readonly onFatal: (fault: FatalFault) => void;
}

export interface App extends AsyncDisposable {
  readonly tcp: BoundAddress;
  readonly http: BoundAddress;
  /** Undefined where there are none. */
  readonly metrics: BoundAddress | undefined;
  /** Of the TLS certificate's key; undefined without TLS. */
  readonly tlsFingerprint: string | undefined;
  /** Undefined where the chat port offers no Noise. */
  readonly noiseKey: PublishedNoiseKey | undefined;
  /** Uses a certificate that was put in the place of the one in use, if it is good. */
  reloadTls(): void;
  /** With it the first admin can be made; undefined once there is one. */
  readonly setupToken: string | undefined;
  /** Stops accepting, says goodbye, answers what was asked for; what takes longer is cut. */
  drain(deadlineMs: number): Promise<void>;
}

/** Builds the server from its parts, in this order, and takes it down in the other. */
export async function startApp(config: Config, { log, onFatal }: AppDeps): Promise<App> {
  await using stack = new AsyncDisposableStack();
  stack.use(takeInstanceLock(config.database.file, "the server"));
  const db = stack.use(await openDatabase(config, { log, onFatal }));
  const tokens = createAccessTokens({ ...jwtSecretsOf(config), clock: systemClock });
  const argon2 = stack.use(quietArgon2(log));
  const hashQueue = stack.use(createHashQueue({ concurrency: hashThreads }));
  const passwords = createPasswordHasher(hashQueue, hashCosts[config.passwordHashing], argon2);
  const sessions = createSessionCheck({ db, clock: systemClock, tokens });
  const onFault = (error: unknown) => log.error({ err: error }, "a step of this turn failed");
  const turn = new Turn({ onFault, monotonic });
  const limits = connectionLimits({
    maxConnections: config.tcpMaxConnections,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    maxSigningInPerNetwork: config.maxSigningInPerNetwork,
    ...framesFor(config.limitMessages),
  });
  const parts = { db, turn, limits, log };
  const hub: Hub<LogEntry> = createHub(parts, (...who) => headsSweep.attached(...who));
  const headsSweep = stack.use(createHeadsSweep(parts, hub));
  headsSweep.start();
  db.onCommit((entries) => hub.publish(entries));
  const rateLimits = rateLimitsOf(config);
  const connectionCounts = () => ({
    tcp: connections.sizeOf("tcp"),
    websocket: connections.sizeOf("websocket"),
  });
  const memory = createMemory();
  const { requests, onError } = memory.counts;
  const handlerParts = { config, db, hub, tokens, passwords, log, connectionCounts, memory };
  const handlers = createHandlers(handlerParts);
  const dispatch = withChannelBinding(createDispatch({ handlers, rateLimits, requests }));
  const clocks = { now, monotonic, random };
  const pages = new PageTurns(monotonic);
  const connections = stack.use(
    new Connections({ dispatch, pages, turn, hub, limits, log, ...clocks, ...sessions, onError }),
  );
  stack.use(await purgeHourly(db, log));
  const setupToken = await createSetupToken({ db });
  const checkReady = createReadinessCheck(db, monotonic);
  const overHttp = { dispatch: inPageTurns(dispatch, pages), rateLimits, checkReady, onError };
  const ports = { config, log, limits, connections, ...overHttp };
  const tls = prepareTls(config, new Date());
  const channels = plainChannels(config);
  const listeners = stack.use(
    await openListeners({ ...ports, ...sessions, ...channels, tls, now }),
  );
  const told = { ...parts, ...memory, hub, headsSweep, connections, listeners, hashQueue };
  const metrics = stack.use(await openMetrics(config, { ...told, rateLimits }, log));
  const owned = stack.move();
  return {
    tcp: listeners.tcp,
    http: listeners.http,
    metrics: metrics.bound,
    tlsFingerprint: listeners.tlsFingerprint,
    noiseKey: channels.noiseKey,
    reloadTls: () => listeners.reloadTls(),
    setupToken,
    async drain(deadlineMs) {
      await Promise.all([listeners.close(deadlineMs), connections.drain(deadlineMs)]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface HubParts {
  readonly db: SqliteDatabase;
  readonly turn: Turn;
  readonly limits: ConnectionLimits;
  readonly log: Logger;
}

function createHub(
  { db, turn, limits, log }: HubParts,
  onAttached: HeadsSweep["attached"],
): Hub<LogEntry> {
  return new Hub<LogEntry>({
    turn,
    schedule,
    log,
    toEvent,
    toPush,
    toHiddenEvent: (entry) => toEvent(withoutContent(entry)),
    conversationIdsOf: (userId) => conversationIdsOf(db, userId),
    ...limits,
    monotonic,
    userLog: {
      head: (userId) => userLogHead(db, userId),
      after: (userId, page) => userEntriesAfter(db, userId, page),
    },
    onAttached,
  });
}

function quietArgon2(log: Logger): QuietArgon2 {
  return createQuietArgon2({
    threadFile: argon2ThreadFile,
    threads: hashThreads,
    onRemark: (err) => log.warn({ err }, "passwords are hashed with the priority of the chat"),
  });
}

function createHeadsSweep({ db, limits, log }: HubParts, hub: Hub<LogEntry>): HeadsSweep {
  return new HeadsSweep({
    users: () => hub.users(),
    tellPending: (user) => hub.tellPending(user),
    headsOf: async (userId) => ({
      heads: await allHeads(db, userId),
      userSeq: await userLogHead(db, userId),
    }),
    logId: db.logId,
    log,
    everyMs: limits.headsMs,
    random,
  });
}

/** What clients can do about a chat port without TLS, and the key they need for it. */
function plainChannels(config: Config) {
  const noise = loadNoiseKey(config);
  const noiseKey = noise && {
    key: toBase64(noise.publicKey),
    fingerprint: fingerprintOf(noise.publicKey),
  };
  return { sealing: sealingOffer({ noise, keyExchange: config.legacyKeyExchange }), noiseKey };
}

function jwtSecretsOf(config: Config) {
  const { jwtSecretPrevious: text } = config;
  const previous = text === undefined ? undefined : new TextEncoder().encode(text);
  return { secret: loadJwtSecret(config), previous };
}

/** A frame carries each message: whoever allows more of these allows more of those. */
function framesFor(messages: Config["limitMessages"]) {
  if (messages === "off") return { framesBurst: Number.POSITIVE_INFINITY };
  const { framesPerSecond, framesBurst } = wireLimits;
  return {
    framesPerSecond: Math.max(framesPerSecond, 2 * messages.perSecond),
    framesBurst: Math.max(framesBurst, 2 * messages.burst),
  };
}

const mebibyte = 1024 * 1024;

function openDatabase(config: Config, { log, onFatal }: AppDeps): Promise<SqliteDatabase> {
  const { database, storageMinFreeMib, storageReserveMib } = config;
  const space = {
    minFreeBytes: storageMinFreeMib * mebibyte,
    reserveBytes: storageReserveMib * mebibyte,
  };
  return openSqlite({ ...database, space, writerThread: writerThreadFile, logger: log, onFatal });
}

const now = () => Date.now();
const monotonic = () => performance.now();
const random = () => Math.random();

/** For what need not happen any more once everything else is over. */
function schedule(step: () => void, ms: number): void {
  setTimeout(step, ms).unref();
}

async function purgeHourly(db: Database, log: Logger): Promise<Disposable> {
  const clocks = () => ({ wall: now(), monotonic: monotonic() });
  const clockGuard = new ClockGuard(clocks(), await newestTime(db));
  const purge = createPurgeSessions({ db, log, clockGuard, clocks });
  const timer = setInterval(() => void purge(), purgeEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function rateLimitsOf(config: Config) {
  const rates = {
    register: config.limitRegister,
    login: config.limitLogin,
    refresh: config.limitRefresh,
    api: config.limitApi,
    apiUser: config.limitApiUser,
    messages: config.limitMessages,
  };
  return createLocalRateLimits({ rates, monotonic });
}
