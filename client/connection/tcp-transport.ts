import type { Socket } from "node:net";
import { HandshakeError } from "@lair-chat/protocol/handshake/handshake-error.ts";
import type { PayloadSealer } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { encodeFrame, encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import { WireError } from "@lair-chat/protocol/wire/wire-error.ts";
import { addressLabel, type ServerAddress } from "./address.ts";
import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";
import { speechOf } from "./first-bytes.ts";
import { fromNetworkError } from "./network-error.ts";
import type { NoiseKeys } from "./noise-keys.ts";
import { type ProbeResult, whatListens } from "./probe.ts";
import { connectSocket, type SocketTarget, type TlsTrust } from "./socket.ts";
import type { Protection, Transport, TransportListener } from "./transport.ts";

/** How a connection to the chat port is protected: there is no third way. */
export type TcpProtection =
  | { readonly kind: "tls"; readonly trust: TlsTrust }
  | { readonly kind: "noise"; readonly keys: NoiseKeys };

export interface TcpOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** How long a silent server is waited for before another connection finds out what it is; never if not given. */
  readonly probeAfterMs?: number | undefined;
}

const CONNECT_MS = 10_000;
// How long a goodbye may take on its way to a peer that reads slowly or not at all.
const LINGER_MS = 1_000;

/**
 * Opens a framed connection to the chat port.
 * @throws ConnectionError
 */
export async function openTcp(
  address: ServerAddress,
  protection: TcpProtection,
  options: TcpOptions = {},
): Promise<Transport> {
  const { timeoutMs = CONNECT_MS, signal, probeAfterMs } = options;
  const tls =
    protection.kind === "tls" ? ({ ...protection.trust, oldest: "TLSv1.3" } as const) : undefined;
  const target = { address, at: addressLabel(address), tls };
  const socket = await connectSocket(target, { timeoutMs, signal });
  const transport = new TcpTransport(socket, target, protection);
  if (probeAfterMs !== undefined) transport.probeAfter(probeAfterMs);
  return transport;
}

const wrongPort: Readonly<Partial<Record<ProbeResult, ConnectionErrorKind>>> = {
  http: "wrong_http_port",
  tls: "wants_tls",
  hangs_up: "hangs_up",
};

const encoder = new TextEncoder();

class TcpTransport implements Transport {
  readonly at: string;
  readonly protection: Protection;
  readonly #socket: Socket;
  readonly #target: SocketTarget;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: limits.frameBytes });
  #sealer: PayloadSealer | undefined;
  #listener: TransportListener | undefined;
  #closed: ConnectionError | undefined;
  #heard = false;
  #stopProbe: () => void = () => undefined;

  constructor(socket: Socket, target: SocketTarget, protection: TcpProtection) {
    this.#socket = socket;
    this.#target = target;
    this.at = target.at;
    this.protection = protection.kind === "tls" ? protection : this.#sealable(protection.keys);
    socket.on("error", (error) => this.close(fromNetworkError(error, this.at)));
    socket.on("close", () => this.close(new ConnectionError("closed", this.at)));
  }

  #sealable(keys: NoiseKeys): Protection {
    return {
      kind: "noise",
      keys,
      sendOpen: (payload) => {
        if (this.#sealer !== undefined) throw new Error("the channel is sealed already");
        this.#write(encodeFrame(payload, limits.frameBytes));
      },
      seal: (sealer) => {
        this.#sealer = sealer;
        this.#decoder.setMaxFrameBytes(sealer.sealedBytes(limits.frameBytes));
      },
    };
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#closed !== undefined) listener.onClose(this.#closed);
    else this.#socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
  }

  send(text: string): void {
    if (this.#closed !== undefined) return;
    if (this.protection.kind !== "noise") {
      this.#write(encodeTextFrame(text, limits.frameBytes));
      return;
    }
    if (this.#sealer === undefined) throw new Error("nothing is sent before the channel is sealed");
    const payload = encoder.encode(text);
    if (payload.length > limits.frameBytes) throw new WireError("frame_too_large");
    this.#write(encodeFrame(this.#sealer.seal(payload), this.#sealer.sealedBytes(payload.length)));
  }

  #write(frame: Uint8Array): void {
    if (this.#closed === undefined) this.#socket.write(frame);
  }

  close(reason: ConnectionError): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#stopProbe();
    const socket = this.#socket;
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => clearTimeout(linger));
    socket.destroySoon();
    this.#listener?.onClose(reason);
  }

  probeAfter(ms: number): void {
    const timer = setTimeout(() => void this.#probe(), ms);
    this.#stopProbe = () => clearTimeout(timer);
  }

  async #probe(): Promise<void> {
    const kind = wrongPort[await whatListens(this.#target)];
    if (kind !== undefined && !this.#heard) this.close(new ConnectionError(kind, this.at));
  }

  #read(chunk: Uint8Array): void {
    const isFirst = !this.#heard;
    this.#heard = true;
    this.#stopProbe();
    try {
      this.#decoder.push(chunk);
      let payload = this.#decoder.next();
      while (payload !== undefined && this.#closed === undefined) {
        this.#listener?.onPayload(this.#sealer?.open(payload) ?? payload);
        payload = this.#closed === undefined ? this.#decoder.next() : undefined;
      }
    } catch (error) {
      if (error instanceof HandshakeError) {
        this.close(new ConnectionError("tampered", this.at, { cause: error }));
        return;
      }
      if (!(error instanceof WireError)) throw error;
      this.close(isFirst ? this.#misunderstood(chunk) : this.#broken(error));
    }
  }

  /** The very first bytes are no frame: somebody else lives here. */
  #misunderstood(chunk: Uint8Array): ConnectionError {
    const kind = wrongPort[speechOf(chunk)];
    if (kind !== undefined) return new ConnectionError(kind, this.at);
    return new ConnectionError("not_chat", this.at, { detail: "it speaks another protocol" });
  }

  #broken(cause: WireError): ConnectionError {
    return new ConnectionError("broken_protocol", this.at, { detail: cause.message, cause });
  }
}
