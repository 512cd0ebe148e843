import { once } from "node:events";
import net from "node:net";
import { Duplex } from "node:stream";
import { encodeFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";

const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const LIMIT_MS = 10_000;

/** Makes and reads sealed payloads, by whatever means. */
export interface Sealing {
  seal(payload: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
}

/** A connection read and written by whole payloads, of whatever is in them. */
export class RawPeer {
  readonly socket: net.Socket;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
  readonly #came: Buffer[] = [];
  readonly #closed: Promise<unknown>;
  #onPayload: ((payload: Buffer) => void) | undefined;
  #wake = () => {};

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#closed = once(socket, "close");
    socket.on("close", () => this.#wake());
  }

  static async connect(port: number): Promise<RawPeer> {
    const peer = new RawPeer(net.connect({ port, host: "127.0.0.1" }));
    await once(peer.socket, "connect");
    return peer;
  }

  /** The next payload; undefined when the connection is closed instead. */
  async nextOrEnd(): Promise<Buffer | undefined> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error("no frame came in time")), LIMIT_MS);
    try {
      while (this.#came.length === 0 && !this.socket.closed) {
        const woken = Promise.withResolvers<void>();
        this.#wake = woken.resolve;
        await Promise.race([woken.promise, late.promise]);
      }
      return this.#came.shift();
    } finally {
      clearTimeout(timer);
    }
  }

  async next(): Promise<Buffer> {
    const payload = await this.nextOrEnd();
    if (payload === undefined) throw new Error("the connection was closed");
    return payload;
  }

  async nextMessage(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.next()).toString());
  }

  /** Everything that still comes until the other side closes. */
  async rest(): Promise<Buffer[]> {
    const all: Buffer[] = [];
    for (let one = await this.nextOrEnd(); one; one = await this.nextOrEnd()) all.push(one);
    return all;
  }

  send(...payloads: readonly (Uint8Array | object)[]): void {
    const frames = payloads.map((payload) => encodeFrame(bytesOf(payload), MAX_FRAME_BYTES));
    this.socket.write(Buffer.concat(frames));
  }

  /** What is left of it as a socket of plain frames, which are sealed and opened on the way. */
  sealed(sealing: Sealing): net.Socket {
    const { socket } = this;
    const decoder = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
    const duplex = new Duplex({
      allowHalfOpen: false,
      read: () => socket.resume(),
      write: (chunk: Buffer, _encoding, done) => {
        decoder.push(chunk);
        for (let payload = decoder.next(); payload; payload = decoder.next()) {
          this.send(sealing.seal(payload));
        }
        done();
      },
      final: (done) => socket.end(done),
      destroy: (error, done) => {
        socket.destroy();
        done(error);
      },
    });
    this.#onPayload = (payload) => {
      try {
        const frame = encodeFrame(sealing.open(payload), MAX_FRAME_BYTES);
        if (!duplex.push(frame)) socket.pause();
      } catch (error) {
        duplex.destroy(error as Error);
      }
    };
    for (const payload of this.#came.splice(0)) this.#onPayload(payload);
    socket.on("close", () => {
      if (!duplex.destroyed) duplex.push(null);
    });
    return duplex as unknown as net.Socket;
  }

  async closed(): Promise<void> {
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.#closed;
  }

  #read(chunk: Buffer): void {
    this.#decoder.push(chunk);
    for (let payload = this.#decoder.next(); payload; payload = this.#decoder.next()) {
      const copy = Buffer.from(payload);
      if (this.#onPayload === undefined) this.#came.push(copy);
      else this.#onPayload(copy);
    }
    this.#wake();
  }
}

function bytesOf(payload: Uint8Array | object): Uint8Array {
  return payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload));
}
