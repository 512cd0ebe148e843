import type { Socket } from "node:net";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { PayloadSealer } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import type { Channel, ChannelEvents } from "../../connections/channel.ts";
import type { FrameBatch } from "../../connections/frame-batch.ts";
import { framingError } from "../../connections/read-payload.ts";
import type { Sealable, SealingOffer } from "../../connections/sealing-offer.ts";
import type { InboundBudget } from "./inbound-budget.ts";
import { sealedFrames } from "./sealed-frames.ts";

export interface TcpChannelOptions {
  readonly address: string;
  /** Bytes of a payload, until somebody says otherwise. */
  readonly maxPayload: number;
  readonly inbound: InboundBudget;
  /** How it may come to be sealed; undefined where it is TLS, or where nobody may. */
  readonly offer: SealingOffer | undefined;
}

/** Up to here a copy costs less than a write of many pieces. */
const COPIED_BYTES = 16 * 1024;

/** A TCP or TLS socket that carries frames, sealed from the moment on when somebody asked for it. */
export class TcpChannel implements Channel {
  readonly transport = "tcp";
  readonly address: string;
  readonly sealable: Sealable | undefined;
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  readonly #inbound: InboundBudget;
  #events: ChannelEvents | undefined;
  #onDrain: (() => void) | undefined;
  readonly #taken = () => this.#onDrain?.();
  #maxPayload: number;
  #sealer: PayloadSealer | undefined;
  #heldBytes = 0;
  #isFirstChunk = true;
  #isPaused = false;
  #isDelivering = false;
  #isReading = true;
  #cutTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, { address, maxPayload, inbound, offer }: TcpChannelOptions) {
    this.#socket = socket;
    this.address = address;
    this.sealable = offer && { offer, secure: (frame, sealer) => this.#secure(frame, sealer) };
    this.#maxPayload = maxPayload;
    this.#decoder = new FrameDecoder({ maxFrameBytes: maxPayload });
    this.#inbound = inbound;
  }

  /** Starts to report; to be called once. */
  start(events: ChannelEvents): void {
    this.#events = events;
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("end", () => this.#events?.ended());
    this.#socket.on("close", () => this.#closed());
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  write(batches: readonly FrameBatch[]): void {
    if (this.#sealer !== undefined) {
      this.#writeSealed(batches, this.#sealer);
      return;
    }
    let bytes = 0;
    for (const batch of batches) bytes += batch.bytes;
    if (batches.length > 1 && bytes <= COPIED_BYTES) {
      this.#socket.write(joined(batches, bytes), this.#taken);
      return;
    }
    if (batches.length > 1) this.#socket.cork();
    for (const batch of batches) this.#socket.write(batch.joined, this.#taken);
    if (batches.length > 1) this.#socket.uncork();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
    if (!this.#isPaused && this.#socket.isPaused()) this.#socket.resume();
  }

  setMaxPayload(bytes: number): void {
    this.#maxPayload = bytes;
    this.#decoder.setMaxFrameBytes(this.#sealer?.sealedBytes(bytes) ?? bytes);
  }

  end(graceMs: number): void {
    this.#isReading = false;
    this.#socket.end();
    // What still comes is thrown away: unread bytes at the close would take our last words with them.
    this.#socket.resume();
    this.#cutTimer ??= setTimeout(() => this.destroy(), graceMs);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #secure(lastPlainFrame: Uint8Array, sealer: PayloadSealer): void {
    if (this.#sealer !== undefined) throw new Error("the channel is sealed already");
    this.#socket.write(lastPlainFrame, this.#taken);
    this.#sealer = sealer;
    this.setMaxPayload(this.#maxPayload);
  }

  #writeSealed(batches: readonly FrameBatch[], sealer: PayloadSealer): void {
    if (batches.length === 0) return;
    try {
      this.#socket.write(sealedFrames(batches, sealer), this.#taken);
    } catch (error) {
      this.#broken(error);
    }
  }

  #read(chunk: Buffer): void {
    if (!this.#isReading) return;
    if (this.#isFirstChunk && isTlsHandshake(chunk)) {
      this.#invalid(new ChatError("invalid_frame", { message: "This port speaks no TLS." }));
      return;
    }
    this.#isFirstChunk = false;
    // Nothing is read while paused; what comes all the same is kept, and no more of it is asked for.
    if (this.#isPaused) this.#socket.pause();
    this.#decoder.push(chunk);
    this.#deliver();
  }

  #deliver(): void {
    // A payload may lead to resume(): the loop that is running already goes on then.
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (this.#isReading && !this.#isPaused) {
      const payload = this.#nextPayload();
      if (payload === undefined) break;
      this.#events?.payload(payload);
    }
    this.#isDelivering = false;
    this.#account(this.#decoder.bufferedBytes);
  }

  #nextPayload(): Uint8Array | undefined {
    let payload: Uint8Array | undefined;
    try {
      payload = this.#decoder.next();
    } catch (error) {
      this.#invalid(framingError(error));
    }
    return payload === undefined || this.#sealer === undefined
      ? payload
      : this.#opened(payload, this.#sealer);
  }

  #opened(sealed: Uint8Array, sealer: PayloadSealer): Uint8Array | undefined {
    try {
      return sealer.open(sealed);
    } catch (error) {
      this.#broken(error);
      return undefined;
    }
  }

  #account(heldBytes: number): void {
    const isFine = this.#inbound.change(this.#heldBytes, heldBytes);
    this.#heldBytes = heldBytes;
    if (!isFine && this.#isReading) this.#invalid(new ChatError("busy"));
  }

  #invalid(error: ChatError): void {
    this.#isReading = false;
    this.#events?.invalid(error);
  }

  #broken(error: unknown): void {
    this.#isReading = false;
    this.#socket.destroy();
    this.#events?.broken(error);
  }

  #closed(): void {
    this.#isReading = false;
    clearTimeout(this.#cutTimer);
    this.#account(0);
    this.#events?.closed();
    this.#events = undefined;
  }
}

/** What a connection has for itself and what it shares with others, as one piece. */
function joined(batches: readonly FrameBatch[], bytes: number): Uint8Array {
  return Buffer.concat(
    batches.map((batch) => batch.joined),
    bytes,
  );
}

/** A TLS record of the handshake type; as the start of a frame it would mean hundreds of megabytes. */
function isTlsHandshake(chunk: Uint8Array): boolean {
  return chunk[0] === 0x16 && chunk[1] === 0x03;
}
