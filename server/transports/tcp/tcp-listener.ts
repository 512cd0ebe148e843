import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { errorFrame } from "../../connections/answer.ts";
import type { ConnectionLimits } from "../../connections/connection-limits.ts";
import type { Connections } from "../../connections/connections.ts";
import type { SealingOffer } from "../../connections/sealing-offer.ts";
import { type BoundAddress, bind } from "../bind.ts";
import { plainAddress } from "../plain-address.ts";
import type { TlsKeys } from "../tls-keys.ts";
import { type ArrivalDeps, logErrors, receive } from "./arrival.ts";
import type { InboundBudget } from "./inbound-budget.ts";
import { TcpChannel } from "./tcp-channel.ts";

export interface TcpListenerOptions {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Without it the port speaks plaintext. */
  readonly tls?: TlsKeys | undefined;
}

export interface TcpListenerDeps extends ArrivalDeps {
  readonly connections: Pick<Connections, "serve">;
  readonly inbound: InboundBudget;
  readonly limits: Pick<ConnectionLimits, "frameBytesBeforeSignIn" | "closeGraceMs">;
  /** How clients may have their connection sealed where the port speaks plaintext. */
  readonly sealing?: SealingOffer | undefined;
}

export interface TcpListener extends BoundAddress {
  /** Lets nobody in any more; those who are in stay. */
  stopAccepting(): void;
  /** Handshakes from now on are done with these; where there is no TLS it does nothing. */
  setTlsKeys(keys: TlsKeys): void;
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
  const { server, setTlsKeys } =
    options.tls === undefined ? plainServer(deps) : tlsServer(options.tls, deps);
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
    setTlsKeys,
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

interface Listening {
  readonly server: Server;
  readonly setTlsKeys: (keys: TlsKeys) => void;
}

function plainServer(deps: TcpListenerDeps): Listening {
  const server = createServer(socketOptions, (socket) =>
    receive(socket, deps, {
      letIn: (address) => serve(socket, address, deps, deps.sealing),
      turnAway: () => turnAway(socket, deps.limits.closeGraceMs),
    }),
  );
  return { server, setTlsKeys: () => undefined };
}

// Until the handshake is done: half-open, an ended one would not be noticed.
const bareSocketOptions = { ...socketOptions, allowHalfOpen: false };

/** The bare socket is received first, so that unfinished handshakes count and proxies are heard. */
function tlsServer(keys: TlsKeys, deps: TcpListenerDeps): Listening {
  const secureOptions = { minVersion: "TLSv1.3" } as const;
  const handshakes = createTlsServer({
    ...bareSocketOptions,
    ...secureOptions,
    ...keys,
    handshakeTimeout: HANDSHAKE_MS,
  });
  const clients = new Map<string, string>();
  const server = createServer(bareSocketOptions, (socket) =>
    receive(socket, deps, {
      letIn(address) {
        const peer = peerOf(socket);
        clients.set(peer, address);
        socket.once("close", () => clients.delete(peer));
        handshakes.emit("connection", socket);
      },
      turnAway: () => socket.destroy(),
    }),
  );
  handshakes.on("secureConnection", (socket) => {
    logErrors(socket, deps.log);
    socket.allowHalfOpen = true;
    serve(socket, clients.get(peerOf(socket)) ?? plainAddress(socket), deps);
  });
  handshakes.on("tlsClientError", (error, socket) => {
    deps.log.debug({ err: error, address: plainAddress(socket) }, "a TLS handshake failed");
    socket.destroy();
  });
  const setTlsKeys = (next: TlsKeys) => handshakes.setSecureContext({ ...secureOptions, ...next });
  return { server, setTlsKeys };
}

/** The same of a bare socket and of the TLS on it, and of nobody else while both are open. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function serve(socket: Socket, address: string, deps: TcpListenerDeps, offer?: SealingOffer): void {
  const channel = new TcpChannel(socket, {
    address,
    maxPayload: deps.limits.frameBytesBeforeSignIn,
    inbound: deps.inbound,
    offer,
  });
  channel.start(deps.connections.serve(channel));
}

function turnAway(socket: Socket, graceMs: number): void {
  const timer = setTimeout(() => socket.destroy(), graceMs);
  socket.once("close", () => clearTimeout(timer));
  socket.end(errorFrame(new ChatError("busy", { message: "Too many connections." })));
  socket.resume();
}
