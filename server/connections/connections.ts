import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { TransportName } from "../commands/handler.ts";
import type { Channel, ChannelEvents } from "./channel.ts";
import { Connection } from "./connection.ts";
import type { ConnectionDeps } from "./connection-deps.ts";
import { type LagCounts, LaggingReaders } from "./lagging-readers.ts";
import { SigningIn } from "./signing-in.ts";
import { Traffic } from "./traffic.ts";

export interface ConnectionsDeps extends Omit<ConnectionDeps, "lagging" | "traffic"> {
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** How all connections together stand. */
export interface ConnectionsStats {
  readonly open: Readonly<Record<TransportName, OpenConnections>>;
  /** Bytes that readers have not taken: of all, and of the one that is furthest behind. */
  readonly unsentBytes: number;
  readonly unsentBytesLargest: number;
  readonly waitingRequests: number;
  /** Networks that have connections which have not signed in. */
  readonly signingInNetworks: number;
}

interface OpenConnections {
  readonly signedIn: number;
  readonly signingIn: number;
}

/** Between these many seconds clients are told to wait before they come back, so that not all do at once. */
const reconnectSeconds = { min: 0.25, max: 5 };

function tooManyThere(): ChatError {
  const message = "Too many connections from your network have not signed in yet.";
  return new ChatError("busy", { message, retryAfter: 10 });
}

/** All connections there are, of all transports. */
export class Connections {
  readonly #deps: ConnectionDeps & Pick<ConnectionsDeps, "random">;
  readonly #open = new Set<Connection>();
  readonly #signingIn: SigningIn;
  readonly traffic = new Traffic();
  readonly #sweeper: NodeJS.Timeout;
  #onAllClosed: (() => void) | undefined;
  #isDraining = false;

  constructor(deps: ConnectionsDeps) {
    // One for all of them: with thousands of connections a copy for each would add up.
    this.#deps = { ...deps, lagging: new LaggingReaders(deps.log), traffic: this.traffic };
    this.#signingIn = new SigningIn(deps.limits);
    this.#sweeper = setInterval(() => this.#sweep(), deps.limits.sweepMs);
    this.#sweeper.unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /** How many there are of one transport. */
  sizeOf(transport: TransportName): number {
    let size = 0;
    for (const connection of this.#open) if (connection.transport === transport) size += 1;
    return size;
  }

  /** Serves a channel until it is closed; the answer takes what the channel reports. */
  serve(channel: Channel): ChannelEvents {
    const isSignedIn = this.#signingIn.enter(channel.address);
    const connection: Connection = new Connection(channel, this.#deps, {
      signedIn: () => isSignedIn?.(),
      closed: () => {
        isSignedIn?.();
        this.#open.delete(connection);
        if (this.#open.size === 0) this.#onAllClosed?.();
      },
    });
    this.#open.add(connection);
    if (isSignedIn === undefined) connection.end(tooManyThere());
    else if (this.#isDraining) connection.leave(this.#farewell());
    return connection;
  }

  /** Looks at every connection. */
  stats(): ConnectionsStats {
    const nobody = { signedIn: 0, signingIn: 0 };
    const open = { tcp: { ...nobody }, websocket: { ...nobody }, http: { ...nobody } };
    let [unsentBytes, unsentBytesLargest, waitingRequests] = [0, 0, 0];
    for (const { transport, standing } of this.#open) {
      open[transport][standing.isSignedIn ? "signedIn" : "signingIn"] += 1;
      unsentBytes += standing.bytes;
      unsentBytesLargest = Math.max(unsentBytesLargest, standing.bytes);
      waitingRequests += standing.requests;
    }
    const { networks: signingInNetworks } = this.#signingIn;
    return { open, unsentBytes, unsentBytesLargest, waitingRequests, signingInNetworks };
  }

  /** How pushing to slow readers goes. */
  get lagCounts(): LagCounts {
    return this.#deps.lagging.counts;
  }

  /**
   * Tells every client to come back later, answers what they have asked for, and closes.
   * Resolves when all are closed; those that are not after `deadlineMs` are cut.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    this.#deps.hub.tellAll();
    for (const connection of [...this.#open]) connection.leave(this.#farewell());
    await this.#allClosed(deadlineMs);
    clearInterval(this.#sweeper);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }

  async #allClosed(deadlineMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onAllClosed = resolve;
    if (this.#open.size === 0) resolve();
    const timer = setTimeout(() => {
      for (const connection of [...this.#open]) connection.destroy();
    }, deadlineMs);
    await promise;
    clearTimeout(timer);
  }

  #sweep(): void {
    const now = this.#deps.monotonic();
    for (const connection of this.#open) connection.sweep(now);
  }

  #farewell(): EventOf<"server_notice"> {
    const { min, max } = reconnectSeconds;
    const seconds = min + this.#deps.random() * (max - min);
    return {
      type: "server_notice",
      message: "The server is going down. Connect again in a moment.",
      severity: "warning",
      reconnect_after: Math.round(seconds * 100) / 100,
    };
  }
}
