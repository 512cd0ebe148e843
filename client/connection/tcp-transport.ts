import type { Socket } from "node:net";
import { limits } from "@lair-chat/protocol/limits.ts";
import { encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import { WireError } from "@lair-chat/protocol/wire/wire-error.ts";
import { addressLabel, type Endpoint } from "./address.ts";
import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";
import { speechOf } from "./first-bytes.ts";
import { fromNetworkError } from "./network-error.ts";
import { type ProbeResult, whatListens } from "./probe.ts";
import { connectSocket } from "./socket.ts";
import type { Transport, TransportListener } from "./transport.ts";

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
export async function openTcp(endpoint: Endpoint, options: TcpOptions = {}): Promise<Transport> {
  const { timeoutMs = CONNECT_MS, signal, probeAfterMs } = options;
  const socket = await connectSocket(endpoint, { timeoutMs, signal });
  const transport = new TcpTransport(socket, endpoint);
  if (probeAfterMs !== undefined) transport.probeAfter(probeAfterMs);
  return transport;
}

const wrongPort: Readonly<Partial<Record<ProbeResult, ConnectionErrorKind>>> = {
  http: "wrong_http_port",
  tls: "wants_tls",
  hangs_up: "hangs_up",
};

class TcpTransport implements Transport {
  readonly at: string;
  readonly security: "plaintext" | "tls";
  readonly #socket: Socket;
  readonly #endpoint: Endpoint;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: limits.frameBytes });
  #listener: TransportListener | undefined;
  #closed: ConnectionError | undefined;
  #heard = false;
  #stopProbe: () => void = () => undefined;

  constructor(socket: Socket, endpoint: Endpoint) {
    this.#socket = socket;
    this.#endpoint = endpoint;
    this.at = addressLabel(endpoint.address);
    this.security = endpoint.tls === undefined ? "plaintext" : "tls";
    socket.on("error", (error) => this.close(fromNetworkError(error, this.at)));
    socket.on("close", () => this.close(new ConnectionError("closed", this.at)));
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#closed !== undefined) listener.onClose(this.#closed);
    else this.#socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
  }

  send(text: string): void {
    if (this.#closed === undefined) {
      this.#socket.write(encodeTextFrame(text, limits.frameBytes));
    }
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
    const kind = wrongPort[await whatListens(this.#endpoint)];
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
        this.#listener?.onPayload(payload);
        payload = this.#closed === undefined ? this.#decoder.next() : undefined;
      }
    } catch (error) {
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
