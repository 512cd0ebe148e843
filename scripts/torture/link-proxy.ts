import { once } from "node:events";
import net from "node:net";

/**
 * How the proxy treats what passes.
 * - `cut`: every connection is torn down at once
 * - `half-open`: nothing passes in either direction, and nobody is told
 * - `to-server`, `to-client`: only in this direction something passes
 * - `slow`: a few bytes in a turn
 * - `one-byte`: each byte in a segment of its own
 */
export const linkFaults = [
  "cut",
  "half-open",
  "to-server",
  "to-client",
  "slow",
  "one-byte",
] as const;
export type LinkFault = (typeof linkFaults)[number];

type Direction = "to-server" | "to-client";

const slowBytes = 4096;
const slowMs = 20;
const oneByteTurn = 64;

/** A TCP proxy on loopback that can spoil the links through it. */
export class LinkProxy {
  readonly port: number;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #fault: LinkFault | undefined;
  #healed: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(server: net.Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async open(targetPort: number): Promise<LinkProxy> {
    const server = net.createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new LinkProxy(server, (server.address() as net.AddressInfo).port);
    server.on("connection", (client) => proxy.#join(client, targetPort));
    return proxy;
  }

  /** From now on links are spoilt in this way, those that exist too. */
  spoil(fault: LinkFault): void {
    this.#fault = fault;
    if (fault !== "cut") return;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Links work again; what was swallowed stays lost, so those links are cut. */
  heal(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    this.#healed.resolve();
    this.#healed = Promise.withResolvers();
    if (fault === "slow" || fault === "one-byte" || fault === "cut") return;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: net.Socket, targetPort: number): void {
    const server = net.connect({ port: targetPort, host: "127.0.0.1" });
    const pair = [client, server] as const;
    for (const socket of pair) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        for (const end of pair) end.destroy();
      });
    }
    if (this.#fault === "cut") for (const end of pair) end.destroy();
    void this.#carry(client, server, "to-server");
    void this.#carry(server, client, "to-client");
  }

  async #carry(from: net.Socket, to: net.Socket, direction: Direction): Promise<void> {
    try {
      for await (const chunk of from) await this.#pass(chunk as Buffer, to, direction);
      to.end();
    } catch {
      // One end is gone; closing takes the other along.
      to.destroy();
    }
  }

  async #pass(chunk: Buffer, to: net.Socket, direction: Direction): Promise<void> {
    const fault = this.#fault;
    if (fault === "half-open") return;
    if ((fault === "to-server" || fault === "to-client") && fault !== direction) return;
    if (fault === "slow") return this.#inPieces(chunk, to, slowBytes);
    if (fault === "one-byte") return this.#inPieces(chunk, to, 1);
    await write(to, chunk);
  }

  async #inPieces(chunk: Buffer, to: net.Socket, bytes: number): Promise<void> {
    for (let at = 0; at < chunk.length; at += bytes) {
      if (this.#fault === undefined) return write(to, chunk.subarray(at));
      await write(to, chunk.subarray(at, at + bytes));
      if (bytes > 1 || at % oneByteTurn === 0) await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, slowMs);
    await Promise.race([promise, this.#healed.promise]);
    clearTimeout(timer);
  }
}

async function write(to: net.Socket, chunk: Buffer): Promise<void> {
  if (to.destroyed) throw new Error("the other end is gone");
  if (!to.write(chunk)) await Promise.race([once(to, "drain"), once(to, "close")]);
}
