import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Admission } from "../../connections/admission.ts";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import { plainAddress } from "../plain-address.ts";
import { errorReply } from "./error-reply.ts";

/** PEM. */
export interface TlsKeys {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface HttpServerDeps {
  readonly admission: Pick<Admission, "enter">;
  readonly log: ConnectionLog;
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

/** An HTTP server that turns away what no honest client sends before anything is routed. */
export function createHttpServer(
  tls: TlsKeys | undefined,
  listener: RequestListener,
  deps: HttpServerDeps,
): Server {
  const guarded: RequestListener = (request, response) => {
    if (isPlainRequest(request)) listener(request, response);
    else refuse(response);
  };
  const server =
    tls === undefined
      ? createServer(serverOptions, guarded)
      : createTlsServer({ ...serverOptions, ...tlsOptions, ...tls }, guarded);
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.on("connection", (socket: Socket) => letIn(socket, deps));
  server.on("tlsClientError", (error: Error, socket: Socket) => {
    deps.log.debug({ err: error, address: plainAddress(socket) }, "a TLS handshake failed");
    socket.destroy();
  });
  return server;
}

/** Node accepts several Host headers and whole URLs as targets; both are ways to be misunderstood. */
function isPlainRequest({ url = "", rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && /^host$/i.test(text));
  return hosts.length <= 1 && url.startsWith("/");
}

function refuse(response: ServerResponse): void {
  const { status, body } = errorReply(
    new ChatError("invalid_message", { message: "The request needs one Host and a path." }),
  );
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

function letIn(socket: Socket, { admission, log }: HttpServerDeps): void {
  const address = plainAddress(socket);
  socket.on("error", (error) => log.debug({ err: error, address }, "a connection broke"));
  const leave = admission.enter(address);
  if (leave !== undefined) {
    socket.once("close", leave);
    return;
  }
  log.info({ address }, "turned away: too many connections");
  socket.destroy();
}
