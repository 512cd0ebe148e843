import { ChatError } from "@lair-chat/protocol/errors.ts";
import type {
  ConversationId,
  DeviceId,
  RoomId,
  SessionId,
  UserId,
} from "@lair-chat/protocol/ids.ts";
import {
  type CommandName,
  commands,
  type LoggedEvent,
  type UserLogEvent,
} from "@lair-chat/protocol/registry.ts";
import { withChannelBinding } from "../../commands/channel-binding.ts";
import type { Dispatch } from "../../commands/dispatch.ts";
import type { Call, Session } from "../../commands/handler.ts";
import { PageTurns } from "../../commands/page-turns.ts";
import { type WireAddress, WireClient } from "../../test/wire-client.ts";
import { InboundBudget } from "../../transports/tcp/inbound-budget.ts";
import { listenTcp } from "../../transports/tcp/tcp-listener.ts";
import type { TlsKeys } from "../../transports/tls-keys.ts";
import { Admission } from "../admission.ts";
import { type ConnectionLimits, connectionLimits } from "../connection-limits.ts";
import { Connections } from "../connections.ts";
import { HeadsSweep } from "../heads-sweep.ts";
import type { SealingWays } from "../hello.ts";
import { type CommittedEntry, Hub, type HubDeps } from "../hub.ts";
import { sealingOffer } from "../sealing-offer.ts";
import { Turn } from "../turn.ts";

type Params = Readonly<Record<string, unknown>>;
type SmallHandlers = Partial<
  Record<CommandName, (call: Call, params: Params) => object | Promise<object>>
>;

export interface LogLine {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly fields: object;
  readonly text: string;
}

/** An entry that is its event already. */
export interface SmallEntry extends CommittedEntry {
  readonly event: LoggedEvent;
}

export interface SmallServerOptions {
  readonly limits?: Partial<ConnectionLimits>;
  /** Beside, or instead of, the commands that are there. */
  readonly handlers?: SmallHandlers;
  readonly tls?: TlsKeys | undefined;
  readonly inboundBytes?: number;
  /** How its port can be sealed; not at all unless said. */
  readonly sealing?: SealingWays;
  /** Peers that send a header of the PROXY protocol. */
  readonly isProxy?: (address: string) => boolean;
  /** How what is to be done later is done. */
  readonly schedule?: HubDeps<SmallEntry>["schedule"];
}

function schedule(step: () => void, ms: number): void {
  setTimeout(step, ms).unref();
}

export function conversation(name: string): ConversationId {
  return name as ConversationId;
}

export function user(name: string): UserId {
  return name as UserId;
}

/** Everything comes from one address here, and faster than from people. */
const roomy = {
  maxConnectionsPerAddress: 2000,
  maxSigningInPerNetwork: 2000,
  framesBurst: Number.POSITIVE_INFINITY,
};

/**
 * Connections, hub and TCP listener as in the server, with a few commands that need no database:
 * whoever signs in as "ann" is the user "ann", and the token "ann/2" is ann's session 2.
 */
export class SmallServer {
  readonly log: LogLine[] = [];
  readonly limits: ConnectionLimits;
  readonly admission: Admission;
  readonly inbound: InboundBudget;
  readonly hub: Hub<SmallEntry>;
  readonly heads: HeadsSweep;
  readonly connections: Connections;
  /** Who is in which conversation, as a database would have it. */
  readonly members = new Map<ConversationId, Set<UserId>>();
  /** What is in users' own logs, as a database would have it. */
  readonly userLogs = new Map<UserId, UserLogEvent[]>();
  readonly endedSessions = new Set<SessionId>();
  /** When sessions end that do not end as they did when they were signed in with. */
  readonly sessionEnds = new Map<SessionId, number>();
  /** How often it was asked whether a session lives. */
  rechecks = 0;
  /** What `conversationIdsOf` does before it answers. */
  beforeLoading: () => Promise<void> = async () => undefined;
  #heads = new Map<ConversationId, number>();
  #listener: Awaited<ReturnType<typeof listenTcp>> | undefined;

  private constructor(options: SmallServerOptions) {
    this.limits = connectionLimits({ ...roomy, ...options.limits });
    this.admission = new Admission(this.limits);
    this.inbound = new InboundBudget(options.inboundBytes ?? 64 * 1024 * 1024);
    const log = this.logger();
    const turn = new Turn({
      onFault: (error) => log.error({ err: error }, "a turn failed"),
      monotonic: () => performance.now(),
    });
    this.hub = new Hub<SmallEntry>({
      turn,
      schedule: options.schedule ?? schedule,
      log,
      toEvent: ({ event }) => event,
      toPush({ event }) {
        const text = JSON.stringify(event);
        return { eventText: () => text, rowText: undefined };
      },
      toHiddenEvent: ({ event }) => event,
      conversationIdsOf: (userId) => this.#conversationsOf(userId),
      ...this.limits,
      monotonic: () => performance.now(),
      userLog: {
        head: async (userId) => this.userLogs.get(userId)?.length ?? 0,
        after: async (userId, page) => this.#userEntries(userId, page),
      },
      onAttached: (listener, userSeq) => this.heads.attached(listener, userSeq),
    });
    this.heads = new HeadsSweep({
      users: () => this.hub.users(),
      tellPending: (one) => this.hub.tellPending(one),
      headsOf: async (userId) => this.#headsOf(userId),
      logId: "log",
      log,
      everyMs: this.limits.headsMs,
      random: () => Math.random(),
    });
    this.connections = new Connections({
      dispatch: withChannelBinding(smallDispatch(this, options.handlers ?? {})),
      pages: new PageTurns(() => performance.now()),
      hub: this.hub,
      turn,
      limits: this.limits,
      log,
      now: () => Date.now(),
      monotonic: () => performance.now(),
      random: () => Math.random(),
      recheckSession: async ({ id, expiresAt }) => {
        this.rechecks += 1;
        return this.endedSessions.has(id) ? undefined : (this.sessionEnds.get(id) ?? expiresAt);
      },
    });
  }

  static async start(options: SmallServerOptions = {}): Promise<SmallServer> {
    const server = new SmallServer(options);
    server.#listener = await listenTcp(
      { host: "127.0.0.1", port: 0, tls: options.tls },
      {
        ...server,
        isProxy: options.isProxy,
        log: server.logger(),
        sealing: options.sealing && sealingOffer(options.sealing),
      },
    );
    return server;
  }

  get listener() {
    if (this.#listener === undefined) throw new Error("not started");
    return this.#listener;
  }

  get port(): number {
    return this.listener.port;
  }

  connect(how: Omit<WireAddress, "port"> = {}): Promise<WireClient> {
    return WireClient.connect({ port: this.port, ...how });
  }

  /** A client that has signed in. */
  async signedIn(name: string, features?: readonly string[]): Promise<WireClient> {
    const client = await this.connect();
    await client.hello(features);
    await client.call("authenticate", { token: name });
    return client;
  }

  /** Stores and publishes a join. */
  join(room: string, name: string): void {
    this.#membersOf(conversation(room)).add(user(name));
    this.publish(room, "join", (seq) => ({
      type: "user_joined_room",
      seq,
      user: { id: user(name), username: name },
    }));
  }

  leave(room: string, name: string): void {
    this.#membersOf(conversation(room)).delete(user(name));
    this.publish(room, "leave", (seq) => ({
      type: "user_left_room",
      seq,
      user_id: user(name),
      username: name,
    }));
  }

  message(room: string, content: string, pair?: readonly [string, string]): void {
    const users = pair?.map(user) as [UserId, UserId] | undefined;
    for (const id of users ?? []) this.#membersOf(conversation(room)).add(id);
    const makeEvent = (seq: number) => ({ type: "message_received", seq, message: { content } });
    this.publish(room, "message", makeEvent, users);
  }

  publish(
    room: string,
    kind: string,
    makeEvent: (seq: number) => object,
    pair?: readonly [UserId, UserId],
  ): void {
    const conversationId = conversation(room);
    const seq = (this.#heads.get(conversationId) ?? 0) + 1;
    this.#heads.set(conversationId, seq);
    const event = makeEvent(seq) as LoggedEvent;
    this.hub.publish([{ conversationId, seq, kind, event, ...(pair && { pair }) }]);
  }

  /** Stores something in a user's own log, and says so. */
  tellOwn(name: string, event: UserLogEvent): void {
    const id = user(name);
    this.userLogs.set(id, [...(this.userLogs.get(id) ?? []), event]);
    this.hub.userLogGrew(id);
  }

  /** An entry that is committed and whose push is lost. */
  loseMessage(room: string): void {
    const id = conversation(room);
    this.#heads.set(id, (this.#heads.get(id) ?? 0) + 1);
  }

  /** Whether somebody has a connection that hears, whether it has its answer or not. */
  isAttached(name: string): boolean {
    return [...this.hub.users()].some(({ id }) => id === user(name));
  }

  /** Resolves when `predicate` holds, which is looked at again each turn. */
  async until(predicate: () => boolean, limitMs = 10_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!predicate()) {
      if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${predicate}`);
      await new Promise(setImmediate);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listener.stopAccepting();
    this.heads[Symbol.dispose]();
    await this.connections[Symbol.asyncDispose]();
    await this.listener[Symbol.asyncDispose]();
  }

  async #conversationsOf(userId: UserId): Promise<readonly ConversationId[]> {
    const found = [...this.members].filter(([, ids]) => ids.has(userId)).map(([id]) => id);
    await this.beforeLoading();
    return found;
  }

  #userEntries(userId: UserId, { after, limit }: { after: number; limit: number }) {
    const events = this.userLogs.get(userId) ?? [];
    return events.map((event, index) => ({ seq: index + 1, event })).slice(after, after + limit);
  }

  #headsOf(userId: UserId) {
    const heads = [...this.members]
      .filter(([, ids]) => ids.has(userId))
      .map(([conversationId]) => ({
        conversationId,
        target: { type: "room", room_id: conversationId as string as RoomId } as const,
        seq: this.#heads.get(conversationId) ?? 0,
        chain: null,
      }));
    return { heads, userSeq: this.userLogs.get(userId)?.length ?? 0 };
  }

  #membersOf(id: ConversationId): Set<UserId> {
    const ids = this.members.get(id) ?? new Set();
    this.members.set(id, ids);
    return ids;
  }

  logger() {
    const write = (level: LogLine["level"]) => (fields: object, text: string) => {
      this.log.push({ level, fields, text });
    };
    return {
      error: write("error"),
      warn: write("warn"),
      info: write("info"),
      debug: write("debug"),
    };
  }
}

function smallDispatch(server: SmallServer, given: SmallHandlers): Dispatch {
  const handlers: SmallHandlers = {
    ping: () => ({ server_time: new Date().toISOString() }),
    authenticate: async (call, { token }) => {
      await call.signIn(sessionOf(String(token)));
      return { user: { username: String(token) } };
    },
    logout: async (call) => {
      if (call.session !== undefined) server.endedSessions.add(call.session.id);
      call.signOut();
      if (call.session !== undefined) server.hub.endSession(call.session.id);
      return {};
    },
    get_user: (_call, { user_id: id }) => ({ user: { id } }),
    send_message: async (_call, { target, content }) => {
      await new Promise(setImmediate);
      server.message(String((target as { room_id?: unknown }).room_id), String(content));
      return { message: { content } };
    },
    ...given,
  };
  return (call, name, params) => {
    const handler = handlers[name];
    if (handler === undefined) return Promise.reject(new Error(`no handler for ${name}`));
    if (commands[name].access === "session" && call.session === undefined) {
      return Promise.reject(new ChatError("unauthorized"));
    }
    try {
      return Promise.resolve(handler(call, params));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** The session that the token "ann" or "ann/2" stands for. */
export function sessionOf(token: string): Session {
  const [name = ""] = token.split("/");
  return {
    id: `session of ${token}` as SessionId,
    userId: user(name),
    username: name,
    role: "user",
    deviceId: "device" as DeviceId,
    expiresAt: Date.now() + 3_600_000,
  };
}
