import { readIncoming } from "@lair-chat/protocol/envelope.ts";
import type { ChatError } from "@lair-chat/protocol/errors.ts";
import { unpackMessages } from "@lair-chat/protocol/messages/unpack.ts";
import type { CommandName, EventOf } from "@lair-chat/protocol/registry.ts";
import { PROTOCOL_VERSION, SERVER_FEATURES } from "@lair-chat/protocol/version.ts";
import { type Link, openLink, type ServerAddress, type TransportName } from "./link.ts";

export type Reply = Readonly<Record<string, unknown>>;

/** What became of a request: an answer, a refusal, or nothing because the connection is gone. */
export type Outcome =
  | { readonly kind: "done"; readonly result: Reply }
  | { readonly kind: "refused"; readonly error: ChatError }
  | { readonly kind: "lost" };

export interface SessionEvents {
  event(type: string, event: Reply): void;
  closed(): void;
}

/** The connection went away while something was waited for. */
export class LostConnection extends Error {}

const pingEveryMs = 2_000;
const silenceMs = 8_000;

/** One connection of the protocol: hello, requests and their replies, pings. */
export class Session {
  readonly #link: Link;
  readonly #events: SessionEvents;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  readonly #greeted = Promise.withResolvers<readonly string[]>();
  readonly #pings: NodeJS.Timeout;
  #requests = 0;
  #isClosed = false;
  #heardAt = performance.now();
  #lookedAt = performance.now();

  constructor(transport: TransportName, address: ServerAddress, events: SessionEvents) {
    this.#events = events;
    // Somebody may have given up on it before the hello came.
    this.#greeted.promise.catch(() => undefined);
    this.#pings = setInterval(() => this.#ping(), pingEveryMs);
    this.#link = openLink(transport, address, {
      message: (message) => this.#take(message),
      closed: () => this.#close(),
    });
  }

  /** Says hello and signs in; resolves with the features both have. @throws LostConnection, ChatError */
  async signIn(token: string): Promise<ReadonlySet<string>> {
    const features = await this.hello();
    await this.call("authenticate", { token });
    return features;
  }

  /** @throws LostConnection */
  async hello(): Promise<ReadonlySet<string>> {
    const offered = await this.#greeted.promise;
    const features = offered.filter((name) =>
      (SERVER_FEATURES as readonly string[]).includes(name),
    );
    this.#link.send({
      type: "client_hello",
      version: PROTOCOL_VERSION,
      client_name: "torture",
      features,
    });
    return new Set(features);
  }

  /** @throws LostConnection, ChatError what it was refused with */
  async call(name: CommandName, params: object): Promise<Reply> {
    const outcome = await new Promise<Outcome>((resolve) => this.request(name, params, resolve));
    if (outcome.kind === "refused") throw outcome.error;
    if (outcome.kind === "lost") throw new LostConnection(`the connection is gone (${name})`);
    return outcome.result;
  }

  /** Sends a request; `settled` is told exactly once what became of it. */
  request(name: CommandName, params: object, settled: (outcome: Outcome) => void): void {
    if (this.#isClosed) {
      settled({ kind: "lost" });
      return;
    }
    this.#requests += 1;
    const requestId = `${this.#requests}`;
    this.#waiting.set(requestId, settled);
    this.#link.send({ type: name, request_id: requestId, ...params });
  }

  destroy(): void {
    this.#link.destroy();
  }

  #take(message: Reply): void {
    this.#heardAt = performance.now();
    const incoming = readIncoming(message);
    if (incoming.kind === "reply") {
      this.#settle(incoming.requestId, { kind: "done", result: incoming.result });
    } else if (incoming.kind === "failure") {
      this.#settle(incoming.requestId, { kind: "refused", error: incoming.error });
    } else {
      const type = String(message["type"]);
      if (type === "server_hello") this.#greeted.resolve(message["features"] as readonly string[]);
      else for (const event of singly(type, message)) this.#events.event(event.type, event);
    }
  }

  #settle(requestId: string, outcome: Outcome): void {
    const settled = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    settled?.(outcome);
  }

  #ping(): void {
    const now = performance.now();
    // This process itself was stopped: what the server said meanwhile is still to be read.
    if (now - this.#lookedAt > 2 * pingEveryMs) this.#heardAt = now;
    this.#lookedAt = now;
    if (now - this.#heardAt > silenceMs) this.#link.destroy();
    else if (!this.#isClosed) this.request("ping", {}, () => undefined);
  }

  #close(): void {
    this.#isClosed = true;
    clearInterval(this.#pings);
    this.#greeted.reject(new LostConnection("the connection is gone"));
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settled of waiting) settled({ kind: "lost" });
    this.#events.closed();
  }
}

/** Packed messages one by one, and whatever else as it is. */
function singly(type: string, message: Reply): readonly (Reply & { readonly type: string })[] {
  return type === "room_messages"
    ? unpackMessages(message as unknown as EventOf<"room_messages">)
    : [{ ...message, type }];
}
