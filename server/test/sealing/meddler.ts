import { once } from "node:events";
import net from "node:net";
import { encodeFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** What comes of one payload on its way; `back` goes to where it came from. */
export interface Meddled {
  readonly on?: readonly Uint8Array[];
  readonly back?: readonly Uint8Array[];
}

/** `index` counts the payloads of this connection and direction. */
export type Meddle = (payload: Buffer, index: number) => Meddled;

export interface Meddling {
  readonly fromClient?: Meddle;
  readonly fromServer?: Meddle;
}

const pass: Meddle = (payload) => ({ on: [payload] });

/** Somebody between client and server, who keeps a copy of every byte and may change payloads. */
export class Meddler {
  /** All that has passed through, as it was sent. */
  readonly fromClient: Buffer[] = [];
  readonly fromServer: Buffer[] = [];
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor(port: number, meddling: Meddling) {
    this.#server = net.createServer((client) => {
      const server = net.connect({ port, host: "127.0.0.1" });
      const ends = { client, server };
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true);
        socket.on("error", () => undefined);
      }
      this.#carry(ends.client, ends.server, this.fromClient, meddling.fromClient ?? pass);
      this.#carry(ends.server, ends.client, this.fromServer, meddling.fromServer ?? pass);
    });
  }

  static async start(port: number, meddling: Meddling = {}): Promise<Meddler> {
    const meddler = new Meddler(port, meddling);
    meddler.#server.listen(0, "127.0.0.1");
    await once(meddler.#server, "listening");
    return meddler;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Whether this stood in anything that passed. */
  hasSeen(text: string): boolean {
    return [this.fromClient, this.fromServer].some((seen) => Buffer.concat(seen).includes(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #carry(from: net.Socket, to: net.Socket, seen: Buffer[], meddle: Meddle): void {
    const decoder = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
    let index = 0;
    from.on("data", (chunk: Buffer) => {
      seen.push(Buffer.from(chunk));
      decoder.push(chunk);
      for (let payload = decoder.next(); payload; payload = decoder.next()) {
        const { on = [], back = [] } = meddle(Buffer.from(payload), index);
        index += 1;
        for (const one of on) to.write(encodeFrame(one, MAX_FRAME_BYTES));
        for (const one of back) from.write(encodeFrame(one, MAX_FRAME_BYTES));
      }
    });
    from.on("close", () => to.end());
  }
}
