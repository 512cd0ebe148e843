import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { limits } from "@lair-chat/protocol/limits.ts";
import { FEATURES, PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import { encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import { type Endpoint, makeEndpoint } from "../address.ts";

/** The server's end of one connection, as a test wants it. */
export interface Peer {
  readonly socket: Socket;
  say(message: object): void;
  hello(changes?: object): void;
  /** The next message of the client. */
  hears(): Promise<Record<string, unknown>>;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: Endpoint;
  readonly connections: number;
}

/** A server on a free port of this machine that does with each connection what the script says. */
export async function scriptedServer(
  script: (peer: Peer) => void | Promise<void>,
  tls?: TlsOptions,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const take = (socket: Socket): void => {
    connections += 1;
    socket.on("error", () => undefined);
    void Promise.resolve(script(peerOf(socket))).catch(() => socket.destroy());
  };
  const server: Server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
  server.on("tlsClientError", () => undefined);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpoint: plainEndpoint(port),
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function plainEndpoint(port: number, httpPort = port): Endpoint {
  const url = new URL(`http://127.0.0.1:${httpPort}`);
  return makeEndpoint({ host: "127.0.0.1", port }, url, { insecure: false, ca: undefined });
}

export function tlsEndpoint(port: number, ca?: string, insecure = false): Endpoint {
  const url = new URL(`https://localhost:${port}`);
  return makeEndpoint({ host: "localhost", port }, url, { insecure, ca });
}

function peerOf(socket: Socket): Peer {
  const decoder = new FrameDecoder({ maxFrameBytes: limits.frameBytes });
  const heard: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.on("data", (chunk: Uint8Array) => {
    try {
      decoder.push(chunk);
      for (let payload = decoder.next(); payload !== undefined; payload = decoder.next()) {
        const message = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
        const next = waiting.shift();
        if (next === undefined) heard.push(message);
        else next(message);
      }
    } catch {
      socket.destroy();
    }
  });
  const say = (message: object): void => {
    socket.write(encodeTextFrame(JSON.stringify(message), limits.frameBytes));
  };
  return {
    socket,
    say,
    hello: (changes = {}) =>
      say({
        type: "server_hello",
        version: PROTOCOL_VERSION,
        server_name: "scripted",
        features: FEATURES,
        encryption_required: false,
        ...changes,
      }),
    hears() {
      const message = heard.shift();
      if (message !== undefined) return Promise.resolve(message);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
