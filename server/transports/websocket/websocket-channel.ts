import type { Socket } from "node:net";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { FRAME_HEADER_BYTES } from "@lair-chat/protocol/wire/frame.ts";
import type { WebSocket } from "ws";
import type { Channel, ChannelEvents } from "../../connections/channel.ts";
import type { FrameBatch } from "../../connections/frame-batch.ts";
import type { InboundBudget } from "../tcp/inbound-budget.ts";

export interface WebSocketChannelOptions {
  readonly address: string;
  /** Bytes of a message, until somebody says otherwise. */
  readonly maxPayload: number;
  readonly inbound: InboundBudget;
}

/** Status codes of RFC 6455 that say why a connection is closed. */
const closeCodes = { normal: 1000, protocol: 1002, binary: 1003, tooLarge: 1009 } as const;

/** Of a ping or pong of a client: two bytes and the mask. */
const CONTROL_HEADER_BYTES = 6;
/** Room for the headers of a message that is sent in parts. */
const HEADERS_BYTES = 1024;

const textMessage = { binary: false };

/** A WebSocket whose every text message is a payload; the frames' length prefixes are not sent. */
export class WebSocketChannel implements Channel {
  readonly transport = "websocket";
  readonly address: string;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #inbound: InboundBudget;
  #events: ChannelEvents | undefined;
  #onDrain: (() => void) | undefined;
  readonly #taken = () => this.#onDrain?.();
  #maxPayload: number;
  /** Received since the last whole message, as far as it is not a ping or pong. */
  #heldBytes = 0;
  /** Whole messages that came while paused; at most what one read of the socket brings. */
  #waiting: Buffer[] = [];
  #isPaused = false;
  #isDelivering = false;
  #isReading = true;
  #closeCode: number = closeCodes.normal;
  #cutTimer: NodeJS.Timeout | undefined;

  constructor(webSocket: WebSocket, socket: Socket, options: WebSocketChannelOptions) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.address = options.address;
    this.#maxPayload = options.maxPayload;
    this.#inbound = options.inbound;
  }

  /** Starts to report; to be called once, in the turn of the upgrade. */
  start(events: ChannelEvents): void {
    this.#events = events;
    this.#socket.prependListener("data", (chunk: Buffer) => this.#count(chunk));
    this.#webSocket.on("message", (data: Buffer, isBinary) => this.#take(data, isBinary));
    this.#webSocket.on("ping", (data: Buffer) => this.#heard(data));
    this.#webSocket.on("pong", (data: Buffer) => this.#heard(data));
    this.#webSocket.on("error", (error) => this.#broken(error));
    this.#webSocket.on("close", () => this.#closed());
  }

  get unsentBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  write(batches: readonly FrameBatch[]): void {
    // After the closing handshake has begun nothing may follow.
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    const frames = batches.flatMap((batch) => batch.frames);
    const last = frames.length - 1;
    this.#socket.cork();
    for (const [index, frame] of frames.entries()) {
      const payload = frame.subarray(FRAME_HEADER_BYTES);
      this.#webSocket.send(payload, textMessage, index === last ? this.#taken : undefined);
    }
    this.#socket.uncork();
  }

  pause(): void {
    this.#isPaused = true;
    this.#webSocket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
    if (!this.#isPaused) this.#webSocket.resume();
  }

  setMaxPayload(bytes: number): void {
    this.#maxPayload = bytes;
  }

  end(graceMs: number): void {
    this.#stopReading();
    this.#webSocket.close(this.#closeCode);
    // The other side's closing frame has to be read, if we were reading or not.
    this.#webSocket.resume();
    this.#cutTimer ??= setTimeout(() => this.destroy(), graceMs);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }

  /** Sees each chunk before it is taken apart, so that what came before is known by now. */
  #count(chunk: Buffer): void {
    if (!this.#isReading) return;
    if (this.#heldBytes > this.#maxPayload + HEADERS_BYTES) {
      this.#invalid(new ChatError("frame_too_large"), closeCodes.tooLarge);
      return;
    }
    this.#account(this.#heldBytes + chunk.length);
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (!this.#isReading) return;
    this.#account(0);
    if (isBinary) {
      this.#invalid(new ChatError("unsupported"), closeCodes.binary);
      return;
    }
    if (data.length === 0) {
      this.#invalid(new ChatError("invalid_frame"), closeCodes.protocol);
      return;
    }
    this.#waiting.push(data);
    this.#deliver();
  }

  #deliver(): void {
    // A payload may lead to resume(): the loop that is running already goes on then.
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (this.#isReading && !this.#isPaused) {
      const payload = this.#waiting.shift();
      if (payload === undefined) break;
      if (payload.length <= this.#maxPayload) this.#events?.payload(payload);
      else this.#invalid(new ChatError("frame_too_large"), closeCodes.tooLarge);
    }
    this.#isDelivering = false;
  }

  #heard(data: Buffer): void {
    if (!this.#isReading) return;
    this.#account(Math.max(0, this.#heldBytes - data.length - CONTROL_HEADER_BYTES));
    this.#events?.heard();
  }

  #account(heldBytes: number): void {
    const isFine = this.#inbound.change(this.#heldBytes, heldBytes);
    this.#heldBytes = heldBytes;
    if (!isFine && this.#isReading) this.#invalid(new ChatError("busy"), closeCodes.tooLarge);
  }

  /** What the library itself will not read; it has begun to close by then. */
  #broken(error: NodeJS.ErrnoException): void {
    const isTooLarge = error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
    const code = isTooLarge ? "frame_too_large" : "invalid_frame";
    this.#invalid(new ChatError(code, { cause: error }), closeCodes.protocol);
  }

  #invalid(error: ChatError, closeCode: number): void {
    if (!this.#isReading) return;
    this.#closeCode = closeCode;
    this.#stopReading();
    this.#events?.invalid(error);
  }

  #stopReading(): void {
    this.#isReading = false;
    this.#waiting = [];
  }

  #closed(): void {
    clearTimeout(this.#cutTimer);
    this.#stopReading();
    this.#account(0);
    this.#events?.closed();
    this.#events = undefined;
  }
}
