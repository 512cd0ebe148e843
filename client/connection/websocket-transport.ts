import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { limits } from "@lair-chat/protocol/limits.ts";
import { WebSocket } from "ws";
import { httpAddress } from "./address.ts";
import { ConnectionError } from "./connection-error.ts";
import { fromHttpError } from "./network-error.ts";
import { type ConnectOptions, connectSocket, type TlsTrust } from "./socket.ts";
import type { Protection, Transport, TransportListener } from "./transport.ts";

export type WebSocketOptions = Partial<ConnectOptions>;

const CONNECT_MS = 10_000;
// How long a goodbye may take on its way to a peer that reads slowly or not at all.
const LINGER_MS = 1_000;

/**
 * Opens a WebSocket beside the HTTP API. Who the person is goes over it in a message, never in its
 * address, where logs would keep it.
 * @throws ConnectionError
 */
export async function openWebSocket(
  httpUrl: URL,
  trust: TlsTrust,
  { timeoutMs = CONNECT_MS, signal }: WebSocketOptions = {},
): Promise<Transport> {
  const at = httpUrl.origin;
  const isTls = httpUrl.protocol === "https:";
  const tls = isTls ? ({ ...trust, oldest: "TLSv1.2" } as const) : undefined;
  const target = { address: httpAddress(httpUrl), at, tls };
  const socket = await connectSocket(target, { timeoutMs, signal });
  const webSocket = await upgraded(socket, httpUrl, { timeoutMs, signal });
  return new WebSocketTransport(webSocket, at, { kind: isTls ? "tls" : "none" });
}

function upgraded(socket: Socket, httpUrl: URL, options: ConnectOptions): Promise<WebSocket> {
  const { timeoutMs, signal } = options;
  const at = httpUrl.origin;
  const url = new URL(`${httpUrl.pathname.replace(/\/$/, "")}/ws`, httpUrl);
  url.protocol = httpUrl.protocol === "https:" ? "wss:" : "ws:";
  const webSocket = new WebSocket(url, {
    // Connected, and its certificate judged, so nothing is sent to anybody else.
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
  });
  return new Promise((resolve, reject) => {
    const fail = (error: ConnectionError): void => {
      stop();
      reject(error);
      webSocket.terminate();
      socket.destroy();
    };
    const onAbort = (): void => fail(new ConnectionError("stopped", at));
    const timer = setTimeout(() => fail(new ConnectionError("timed_out", at)), timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    // Stays for good: an error that nobody hears would end the process.
    webSocket.on("error", (error) => fail(fromHttpError(error, at)));
    webSocket.on("unexpected-response", (_, { statusCode }: IncomingMessage) =>
      fail(new ConnectionError("not_chat_http", at, { detail: `status ${statusCode ?? 0}` })),
    );
    webSocket.on("open", () => {
      stop();
      // Until somebody listens.
      webSocket.pause();
      resolve(webSocket);
    });
  });
}

class WebSocketTransport implements Transport {
  readonly at: string;
  readonly protection: Protection;
  readonly #webSocket: WebSocket;
  #listener: TransportListener | undefined;
  #closed: ConnectionError | undefined;

  constructor(webSocket: WebSocket, at: string, protection: Protection) {
    this.#webSocket = webSocket;
    this.at = at;
    this.protection = protection;
    webSocket.on("message", (data, isBinary) => this.#read(data, isBinary));
    webSocket.on("error", (error) => this.close(this.#meaningOf(error)));
    webSocket.on("close", () => this.close(new ConnectionError("closed", at)));
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#closed !== undefined) listener.onClose(this.#closed);
    else this.#webSocket.resume();
  }

  send(text: string): void {
    if (this.#closed === undefined) this.#webSocket.send(text);
  }

  close(reason: ConnectionError): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    const webSocket = this.#webSocket;
    const linger = setTimeout(() => webSocket.terminate(), LINGER_MS);
    webSocket.once("close", () => clearTimeout(linger));
    // The other side's goodbye must be read to be answered.
    webSocket.resume();
    webSocket.close();
    if (webSocket.readyState === WebSocket.CLOSED) clearTimeout(linger);
    this.#listener?.onClose(reason);
  }

  #read(data: unknown, isBinary: boolean): void {
    if (this.#closed !== undefined) return;
    if (!isBinary && data instanceof Uint8Array) this.#listener?.onPayload(data);
    else this.#broken("a message is not text");
  }

  /** What `ws` finds wrong with the frames has a code of its own. */
  #meaningOf(error: Error): ConnectionError {
    const isProtocol = "code" in error && String(error.code).startsWith("WS_ERR_");
    if (!isProtocol) return fromHttpError(error, this.at);
    const detail = error.message;
    return new ConnectionError("broken_protocol", this.at, { detail, cause: error });
  }

  #broken(detail: string): void {
    this.close(new ConnectionError("broken_protocol", this.at, { detail }));
  }
}
