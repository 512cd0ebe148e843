import { readError, readIncoming } from "@lair-chat/protocol/envelope.ts";
import type { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { unpackMessages } from "@lair-chat/protocol/messages/unpack.ts";
import type { AnyEvent, CommandName, Params, Result } from "@lair-chat/protocol/registry.ts";
import { checkEvent, checkResult } from "@lair-chat/protocol/validate-incoming.ts";
import { type JsonObject, parseJsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { WireError } from "@lair-chat/protocol/wire/wire-error.ts";
import type { Clock } from "../clock.ts";
import {
  ConnectionError,
  type ConnectionErrorKind,
  type ConnectionErrorOptions,
} from "./connection-error.ts";
import { type Greeted, Greeting } from "./greeting.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";
import { PendingCalls } from "./pending-calls.ts";
import type { Transport } from "./transport.ts";

export interface CallOptions {
  readonly timeoutMs?: number;
}

/** One live connection to the server, its hellos exchanged and everything after them protected. */
export interface LiveLink {
  /**
   * Asks the server for something.
   * @throws ChatError as the server answered; ConnectionError: whether it was done is not known
   */
  call<N extends CommandName>(
    name: N,
    params: Params<N>,
    options?: CallOptions,
  ): Promise<Result<N>>;
  /** Says something that is not answered. */
  say(name: "typing", params: Params<"typing">): void;
  /** What both sides said in their hellos that they use. */
  readonly features: ReadonlySet<string>;
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<ConnectionError>;
  close(reason: ConnectionError): void;
}

export interface LinkTimes {
  readonly helloMs: number;
  readonly callMs: number;
  readonly pingMs: number;
  readonly silenceMs: number;
}

const linkTimes: LinkTimes = {
  helloMs: 10_000,
  callMs: 15_000,
  pingMs: limits.pingMs,
  silenceMs: limits.serverSilenceMs,
};

export interface LinkOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly clientName: string;
  /** What the server says unasked, checked. */
  onEvent(event: AnyEvent): void;
  readonly times?: LinkTimes;
}

/**
 * Exchanges the hellos over a fresh transport, and makes it a secure channel where it is none yet.
 * @throws ConnectionError, also for a server that lacks what this client needs or is not the one known
 */
export async function openLink(options: LinkOptions): Promise<LiveLink> {
  const link = new Link(options);
  const greeted = await link.ready;
  try {
    await greeted.remember();
  } catch (error) {
    link.close(new ConnectionError("stopped", options.transport.at));
    throw error;
  }
  return link;
}

// A page of the log is larger than anything a client sends.
const jsonLimits = { maxDepth: limits.jsonDepth, maxTokens: 100_000 };

/** What shows who somebody is, and so must be of no use on any other channel. */
const bound: ReadonlySet<CommandName> = new Set<CommandName>([
  "authenticate",
  "login",
  "register",
  "refresh",
]);

class Link implements LiveLink {
  readonly ready: Promise<Greeted>;
  readonly closed: Promise<ConnectionError>;
  readonly #options: LinkOptions;
  readonly #times: LinkTimes;
  readonly #pending: PendingCalls;
  readonly #greeting: Greeting;
  readonly #greeted = Promise.withResolvers<Greeted>();
  readonly #ended = Promise.withResolvers<ConnectionError>();
  readonly #cancelHello: () => void;
  #heartbeat: Heartbeat | undefined;
  #channelBinding: string | undefined;
  features: ReadonlySet<string> = new Set();
  /** Why the server is about to close, if it said so. */
  #parting: { readonly error?: ChatError; readonly reconnectAfter?: number } = {};

  constructor(options: LinkOptions) {
    const { transport, clock, times = linkTimes } = options;
    this.#options = options;
    this.#times = times;
    this.ready = this.#greeted.promise;
    this.closed = this.#ended.promise;
    this.#greeting = new Greeting(transport, options.clientName);
    this.#pending = new PendingCalls({
      at: transport.at,
      clock,
      send: (text) => transport.send(text),
    });
    this.#cancelHello = clock.after(times.helloMs, () =>
      this.close(new ConnectionError("says_nothing", transport.at)),
    );
    transport.listen({
      onPayload: (payload) => this.#read(payload),
      onClose: (reason) => this.#end(reason),
    });
  }

  async call<N extends CommandName>(
    name: N,
    params: Params<N>,
    { timeoutMs = this.#times.callMs }: CallOptions = {},
  ): Promise<Result<N>> {
    return checkResult(name, await this.#pending.call(name, this.#bind(name, params), timeoutMs));
  }

  #bind<N extends CommandName>(name: N, params: Params<N>): Params<N> {
    if (this.#channelBinding === undefined || !bound.has(name)) return params;
    return { ...params, channel_binding: this.#channelBinding };
  }

  say(name: "typing", params: Params<"typing">): void {
    this.#send({ type: name, ...params });
  }

  close(reason: ConnectionError): void {
    this.#options.transport.close(reason);
  }

  #send(message: object): void {
    this.#options.transport.send(JSON.stringify(message));
  }

  #read(payload: Uint8Array): void {
    this.#heartbeat?.heard();
    try {
      const message = parseJsonObject(payload, jsonLimits);
      if (this.#heartbeat === undefined) this.#greet(message, payload);
      else this.#take(message);
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
      this.close(this.#error("broken_protocol", { detail: cause.message, cause }));
    }
  }

  #take(message: JsonObject): void {
    const incoming = readIncoming(message);
    if (incoming.kind === "reply") this.#pending.settle(incoming.requestId, incoming.result);
    if (incoming.kind === "failure") this.#pending.settle(incoming.requestId, incoming.error);
    if (incoming.kind === "event") this.#hear(message);
  }

  #greet(message: JsonObject, payload: Uint8Array): void {
    let greeted: Greeted | undefined;
    try {
      greeted = this.#greeting.take(message, payload);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.close(error);
      return;
    }
    if (greeted !== undefined) this.#begin(greeted);
  }

  #begin(greeted: Greeted): void {
    const { clock } = this.#options;
    this.#channelBinding = greeted.channelBinding;
    this.features = greeted.features;
    this.#cancelHello();
    this.#heartbeat = startHeartbeat({
      clock,
      pingMs: this.#times.pingMs,
      silenceMs: this.#times.silenceMs,
      // Past the queue of calls: it must go out even when that is full. Its answer needs no keeping.
      ping: () => this.#send({ type: "ping", request_id: "ping" }),
      dead: () => this.close(this.#error("silent")),
    });
    this.#greeted.resolve(greeted);
  }

  #hear(message: JsonObject): void {
    const event = checkEvent(message);
    if (event === undefined) return;
    if (event.type === "error") this.#parting = { ...this.#parting, error: readError(event) };
    if (event.type === "server_notice" && event.reconnect_after !== undefined) {
      this.#parting = { ...this.#parting, reconnectAfter: event.reconnect_after };
    }
    if (event.type === "room_messages") {
      for (const one of unpackMessages(event)) this.#options.onEvent(one);
    } else this.#options.onEvent(event);
  }

  #end(reason: ConnectionError): void {
    const { error, reconnectAfter } = this.#parting;
    // Only a close that came from the other side is explained by what it said before.
    const explained =
      reason.kind === "closed" && (error !== undefined || reconnectAfter !== undefined)
        ? this.#error("closed", { detail: error?.message ?? "", cause: error, reconnectAfter })
        : reason;
    this.#cancelHello();
    this.#heartbeat?.stop();
    this.#pending.end(explained);
    this.#greeted.reject(explained);
    // Nobody may be waiting for the hello any more.
    this.#greeted.promise.catch(() => undefined);
    this.#ended.resolve(explained);
  }

  #error(kind: ConnectionErrorKind, options?: ConnectionErrorOptions): ConnectionError {
    return new ConnectionError(kind, this.#options.transport.at, options);
  }
}
