import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { type Incoming, readIncoming } from "@lair-chat/protocol/envelope.ts";
import type { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { unpackMessages } from "@lair-chat/protocol/messages/unpack.ts";
import type {
  CommandName,
  EventName,
  EventOf,
  Params,
  Result,
} from "@lair-chat/protocol/registry.ts";
import { FEATURES, PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import { encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import { parseJsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { framed, openWebSocket, type WebSocketAddress } from "./framed-websocket.ts";

export type WireMessage = Readonly<Record<string, unknown>>;

export interface WireAddress {
  readonly port: number;
  readonly host?: string;
  /** Connects with TLS, without asking who the server is unless these options say so. */
  readonly tls?: tls.ConnectionOptions;
}

/** Looks at what is sent to a client of 1.x: what it says against it, or undefined. */
export type FrameCheck = (message: WireMessage) => string | undefined;

const DEFAULT_LIMIT_MS = 30_000;
/** Larger than anything a server may send, so that what it sends too much is seen and not cut. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const jsonLimits = { maxDepth: limits.jsonDepth, maxTokens: 10_000_000 };

interface Waiter {
  readonly wants: (message: WireMessage) => boolean;
  readonly resolve: (message: WireMessage) => void;
  readonly reject: (error: Error) => void;
}

/** A connection that does as it is told: what tests talk to a server with. */
export class WireClient {
  /** Everything that came, in order. */
  readonly received: WireMessage[] = [];
  readonly socket: net.Socket;
  /** Whether packed messages are taken as if they had come one by one. */
  unpacks = true;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
  readonly #unread: WireMessage[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;
  #requests = 0;
  #check: FrameCheck | undefined;
  #isOf1x = true;
  #objection: Error | undefined;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    // A server may cut us off; `closed` tells.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#onClose());
  }

  static async connect(address: WireAddress): Promise<WireClient> {
    const { port, host = "127.0.0.1" } = address;
    const socket =
      address.tls === undefined
        ? net.connect({ port, host })
        : tls.connect({ port, host, rejectUnauthorized: false, ...address.tls });
    socket.setNoDelay(true);
    const client = new WireClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once(address.tls === undefined ? "connect" : "secureConnect", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** A client on a socket that is connected already. */
  static on(this: void, socket: net.Socket): WireClient {
    return new WireClient(socket);
  }

  /** The same client over a WebSocket. */
  static async connectWebSocket(address: WebSocketAddress): Promise<WireClient> {
    const webSocket = openWebSocket(address);
    const client = new WireClient(framed(webSocket));
    await once(webSocket, "open");
    return client;
  }

  /** Holds whatever this client is sent to `check`, as long as it passes for a client of 1.x. */
  checking(check: FrameCheck): this {
    this.#check = check;
    for (const message of this.received) this.#examine(message);
    return this;
  }

  /** Waits for the server's hello and answers it; without features it is a 1.x client. */
  async hello(features: readonly string[] = FEATURES): Promise<EventOf<"server_hello">> {
    const hello = await this.expects("server_hello");
    this.send({
      type: "client_hello",
      version: PROTOCOL_VERSION,
      client_name: "test",
      features: [...features],
    });
    return hello;
  }

  /** @throws ChatError what the server refused it with */
  async call<N extends CommandName>(name: N, params: Params<N>, limitMs?: number) {
    const requestId = this.request(name, params);
    return (await this.replyTo(requestId, limitMs)) as unknown as Result<N>;
  }

  /** What a call is refused with; an error if it is not. */
  async refusal<N extends CommandName>(name: N, params: Params<N>): Promise<ChatError> {
    const requestId = this.request(name, params);
    const reply = await this.#incomingTo(requestId);
    if (reply.kind === "failure") return reply.error;
    throw new Error(`${name} was not refused: ${JSON.stringify(reply)}`);
  }

  /** Sends a request and does not wait; `replyTo` does. */
  request<N extends CommandName>(name: N, params: Params<N>): string {
    this.#requests += 1;
    const requestId = `r${this.#requests}`;
    this.send({ type: name, request_id: requestId, ...params });
    return requestId;
  }

  async replyTo(requestId: string, limitMs?: number): Promise<WireMessage> {
    const reply = await this.#incomingTo(requestId, limitMs);
    if (reply.kind === "failure") throw reply.error;
    if (reply.kind === "reply") return reply.result;
    throw new Error(`no reply: ${JSON.stringify(reply)}`);
  }

  async #incomingTo(requestId: string, limitMs?: number): Promise<Incoming> {
    const wants = (message: WireMessage) => message["request_id"] === requestId;
    return readIncoming(await this.expectsMessage(wants, `a reply to ${requestId}`, limitMs));
  }

  /** The first event of this name not yet taken, come or to come. */
  async expects<N extends EventName>(
    name: N,
    predicate: (event: EventOf<N>) => boolean = () => true,
    limitMs?: number,
  ): Promise<EventOf<N>> {
    const wants = (message: WireMessage) =>
      message["type"] === name && predicate(message as unknown as EventOf<N>);
    return (await this.expectsMessage(wants, name, limitMs)) as unknown as EventOf<N>;
  }

  /** The first message not yet taken that fits, come or to come. */
  expectsMessage(
    wants: (message: WireMessage) => boolean,
    what = "a message",
    limitMs = DEFAULT_LIMIT_MS,
  ): Promise<WireMessage> {
    if (this.#objection !== undefined) return Promise.reject(this.#objection);
    const index = this.#unread.findIndex(wants);
    const [found] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#isClosed) return Promise.reject(this.#missing(what, "the connection is closed"));
    return this.#waitFor(wants, what, limitMs);
  }

  #waitFor(wants: Waiter["wants"], what: string, limitMs: number): Promise<WireMessage> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        wants,
        resolve: (message) => {
          settle();
          resolve(message);
        },
        reject: (error) => {
          settle();
          reject(this.#missing(what, error.message));
        },
      };
      const timer = setTimeout(() => waiter.reject(new Error(`not within ${limitMs} ms`)), limitMs);
      this.#waiters.add(waiter);
    });
  }

  #missing(what: string, why: string): Error {
    const seen = this.received.slice(-5).map((message) => JSON.stringify(message).slice(0, 300));
    return new Error(`expected ${what}: ${why}; last received: ${seen.join(" ") || "nothing"}`);
  }

  /** Messages that came and that nothing has taken. */
  unread(type?: string): readonly WireMessage[] {
    return this.#unread.filter((message) => type === undefined || message["type"] === type);
  }

  /**
   * Resolves when everything the server sent before now has come: to see that something did not
   * come, settle first, then look at `unread`.
   */
  async settle(): Promise<void> {
    await this.call("ping", {});
  }

  send(message: WireMessage): void {
    const { type, features } = message;
    if (type === "client_hello") {
      this.#isOf1x = !(Array.isArray(features) && features.includes("client_ids"));
    }
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.sendBytes(encodeTextFrame(text, MAX_FRAME_BYTES));
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  stopReading(): void {
    this.socket.pause();
  }

  startReading(): void {
    this.socket.resume();
  }

  /** Resolves when the connection is closed, by whichever side. */
  async closed(limitMs = DEFAULT_LIMIT_MS): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(this.#missing("the end of the connection", `not within ${limitMs} ms`)),
      limitMs,
    );
    await Promise.race([this.#closed.promise, late.promise]).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.#closed.promise;
    if (this.#objection !== undefined) throw this.#objection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #read(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
    for (let payload = this.#decoder.next(); payload; payload = this.#decoder.next()) {
      this.#hear(parseJsonObject(payload, jsonLimits));
    }
  }

  #hear(message: WireMessage): void {
    if (this.unpacks && message["type"] === "room_messages") {
      for (const one of unpackMessages(message as unknown as EventOf<"room_messages">)) {
        this.#take(one);
      }
    } else this.#take(message);
  }

  #take(message: WireMessage): void {
    this.received.push(message);
    this.#examine(message);
    for (const waiter of this.#waiters) {
      if (!waiter.wants(message)) continue;
      waiter.resolve(message);
      return;
    }
    this.#unread.push(message);
  }

  #examine(message: WireMessage): void {
    const objection = this.#isOf1x ? this.#check?.(message) : undefined;
    if (objection === undefined || this.#objection !== undefined) return;
    const what = JSON.stringify(message).slice(0, 1000);
    this.#objection = new Error(`a client of 1.x cannot read this: ${objection}: ${what}`);
    for (const waiter of [...this.#waiters]) waiter.reject(this.#objection);
  }

  #onClose(): void {
    this.#isClosed = true;
    this.#closed.resolve();
    for (const waiter of [...this.#waiters]) waiter.reject(new Error("the connection was closed"));
  }
}
