import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Admission } from "../../connections/admission.ts";
import { errorFrame } from "../../connections/answer.ts";
import type { ConnectionLimits } from "../../connections/connection-limits.ts";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import type { Connections } from "../../connections/connections.ts";
import { type BoundAddress, bind } from "../bind.ts";
import { plainAddress } from "../plain-address.ts";
import type { TlsKeys } from "../tls-keys.ts";
import type { InboundBudget } from "./inbound-budget.ts";
import { TcpChannel } from "./tcp-channel.ts";

export interface TcpListenerOptions {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Without it the port speaks plaintext. */
  readonly tls?: TlsKeys | undefined;
}

export interface TcpListenerDeps {
  readonly connections: Pick<Connections, "serve">;
  readonly admission: Pick<Admission, "enter">;
  readonly inbound: InboundBudget;
  readonly limits: Pick<ConnectionLimits, "frameBytesBeforeSignIn" | "closeGraceMs">;
  readonly log: ConnectionLog;
}

export interface TcpListener extends BoundAddress {
  /** Lets nobody in any more; those who are in stay. */
  stopAccepting(): void;
  /** Stops accepting, cuts the sockets that are still open, and resolves when they are closed. */
  [Symbol.asyncDispose](): Promise<void>;
}

const HANDSHAKE_MS = 5_000;
const KEEP_ALIVE_MS = 60_000;

const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MS,
};

/** Listens for the chat protocol. @throws the system's error when the address can't be had */
export async function listenTcp(
  options: TcpListenerOptions,
  deps: TcpListenerDeps,
): Promise<TcpListener> {
  const server = options.tls === undefined ? plainServer(deps) : tlsServer(options.tls, deps);
  const bound = await bind(server, options);
  server.on("error", (error) => deps.log.error({ err: error }, "the chat port has a fault"));
  const sockets = socketsOf(server);
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  let isAccepting = true;
  const stopAccepting = () => {
    if (isAccepting) server.close();
    isAccepting = false;
  };
  return {
    ...bound,
    stopAccepting,
    async [Symbol.asyncDispose]() {
      stopAccepting();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The bare sockets that are open, those in a TLS handshake included. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

function plainServer(deps: TcpListenerDeps): Server {
  return createServer(socketOptions, (socket) => {
    if (letIn(socket, deps)) serve(socket, deps);
    else turnAway(socket, deps.limits.closeGraceMs);
  });
}

function tlsServer(tls: TlsKeys, deps: TcpListenerDeps): Server {
  const server = createTlsServer({
    ...socketOptions,
    ...tls,
    // Until the handshake is done: half-open, an ended one would not be noticed.
    allowHalfOpen: false,
    minVersion: "TLSv1.3",
    handshakeTimeout: HANDSHAKE_MS,
  });
  // The bare socket is counted, so that unfinished handshakes are too.
  server.on("connection", (socket: Socket) => {
    if (!letIn(socket, deps)) socket.destroy();
  });
  server.on("secureConnection", (socket) => {
    logErrors(socket, deps.log);
    socket.allowHalfOpen = true;
    serve(socket, deps);
  });
  server.on("tlsClientError", (error, socket) => {
    deps.log.debug({ err: error, address: plainAddress(socket) }, "a TLS handshake failed");
    socket.destroy();
  });
  return server;
}

function serve(socket: Socket, deps: TcpListenerDeps): void {
  const channel = new TcpChannel(socket, {
    address: plainAddress(socket),
    maxPayload: deps.limits.frameBytesBeforeSignIn,
    inbound: deps.inbound,
  });
  channel.start(deps.connections.serve(channel));
}

/** Counts a socket in until it is closed; false when there is no room for it. */
function letIn(socket: Socket, { admission, log }: TcpListenerDeps): boolean {
  logErrors(socket, log);
  const address = plainAddress(socket);
  const leave = admission.enter(address);
  if (leave === undefined) log.info({ address }, "turned away: too many connections");
  else socket.once("close", leave);
  return leave !== undefined;
}

function turnAway(socket: Socket, graceMs: number): void {
  const timer = setTimeout(() => socket.destroy(), graceMs);
  socket.once("close", () => clearTimeout(timer));
  socket.end(errorFrame(new ChatError("busy", { message: "Too many connections." })));
  socket.resume();
}

/** Sockets end in many ways; none of them is news. */
function logErrors(socket: Socket, log: ConnectionLog): void {
  socket.on("error", (error) =>
    log.debug({ err: error, address: plainAddress(socket) }, "a connection broke"),
  );
}
