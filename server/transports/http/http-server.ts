import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createTlsServer, Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import { ChatError, type ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { Admission } from "../../connections/admission.ts";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import type { IsTrusted } from "../client-address.ts";
import { plainAddress } from "../plain-address.ts";
import type { TlsKeys } from "../tls-keys.ts";
import { errorReply } from "./error-reply.ts";

export interface HttpServerDeps {
  readonly admission: Pick<Admission, "enter" | "enterUnnamed">;
  /** Proxies of ours: they bring many clients, so they are not counted by their address. */
  readonly isTrusted?: IsTrusted;
  readonly upgrades?: Upgrades | undefined;
  readonly log: ConnectionLog;
}

/** What takes over connections that are to speak another protocol. */
export interface Upgrades {
  wants(request: IncomingMessage): boolean;
  /** Takes one over, or refuses it. */
  take(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Cuts all that were taken over. */
  destroyAll(): void;
}

const MAX_REQUESTS_PER_SOCKET = 100;

// Node's own are minutes: one slow client is held far shorter.
const serverOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  noDelay: true,
};

const tlsOptions = {
  minVersion: "TLSv1.2",
  // For 1.2; all of 1.3's are good.
  ciphers:
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20",
  handshakeTimeout: 5_000,
} as const;

const securityHeaders = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};
const tlsHeaders = { ...securityHeaders, "strict-transport-security": "max-age=31536000" };

/** An HTTP server that turns away what no honest client sends before anything is routed. */
export function createHttpServer(
  tls: TlsKeys | undefined,
  listener: RequestListener,
  deps: HttpServerDeps,
): Server {
  const headers = new Map(Object.entries(tls === undefined ? securityHeaders : tlsHeaders));
  const guarded: RequestListener = (request, response) => {
    response.setHeaders(headers);
    if (isPlainRequest(request)) listener(request, response);
    else refuse(response);
  };
  const options = {
    ...serverOptions,
    shouldUpgradeCallback: (request: IncomingMessage) => deps.upgrades?.wants(request) ?? false,
  };
  const server =
    tls === undefined
      ? createServer(options, guarded)
      : createTlsServer({ ...options, ...tlsOptions, ...tls }, guarded);
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) =>
    upgrade({ request, socket, head }, deps),
  );
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.on("connection", (socket: Socket) => letIn(socket, deps));
  server.on("tlsClientError", (error: Error, socket: Socket) => {
    deps.log.debug({ err: error, address: plainAddress(socket) }, "a TLS handshake failed");
    socket.destroy();
  });
  return server;
}

/** Handshakes from now on are done with these; on a port without TLS it does nothing. */
export function setTlsKeys(server: Server, keys: TlsKeys): void {
  if (server instanceof TlsServer) server.setSecureContext({ ...tlsOptions, ...keys });
}

/** Answers bytes that are no request, as far as there is somebody to answer. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, code] = brokenRequests[error.code ?? ""] ?? [400, "invalid_message"];
  answerRaw(socket, new ChatError(code), status);
}

const brokenRequests: Readonly<Record<string, readonly [number, ErrorCode]>> = {
  HPE_HEADER_OVERFLOW: [431, "frame_too_large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "timeout"],
};

/** Answers with an error where there is a socket and nothing else to answer on, and closes it. */
export function answerRaw(socket: Socket, error: ChatError, status?: number): void {
  const reply = errorReply(error);
  const code = status ?? reply.status;
  const body = JSON.stringify(reply.body);
  const head = ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`];
  const line = `HTTP/1.1 ${code} ${STATUS_CODES[code]}`;
  const text = [line, ...head, "connection: close", "", body].join("\r\n");
  socket.end(text, () => socket.destroy());
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

function upgrade({ request, socket, head }: Upgrade, { upgrades, log }: HttpServerDeps): void {
  const address = plainAddress(socket);
  socket.on("error", (error) => log.debug({ err: error, address }, "a connection broke"));
  if (!isPlainRequest(request)) answerRaw(socket, unclear());
  else if (upgrades?.wants(request)) upgrades.take(request, socket, head);
  else answerRaw(socket, new ChatError("not_found"));
}

/** Node accepts several Host headers and whole URLs as targets; both are ways to be misunderstood. */
function isPlainRequest({ url = "", rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && /^host$/i.test(text));
  return hosts.length <= 1 && url.startsWith("/");
}

function unclear(): ChatError {
  return new ChatError("invalid_message", { message: "The request needs one Host and a path." });
}

function refuse(response: ServerResponse): void {
  const { status, body } = errorReply(unclear());
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

function letIn(socket: Socket, { admission, isTrusted, log }: HttpServerDeps): void {
  const address = plainAddress(socket);
  socket.on("error", (error) => log.debug({ err: error, address }, "a connection broke"));
  const leave = isTrusted?.(address) ? admission.enterUnnamed() : admission.enter(address);
  if (leave !== undefined) {
    socket.once("close", leave);
    return;
  }
  log.info({ address }, "turned away: too many connections");
  socket.destroy();
}
