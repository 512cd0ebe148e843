import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { helloPrologue } from "@lair-chat/protocol/handshake/hello-prologue.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { answerNoise, NOISE_MESSAGE_BYTES } from "@lair-chat/protocol/handshake/noise-nk.ts";
import type { KeyPair } from "@lair-chat/protocol/handshake/primitives.ts";
import { type PayloadSealer, SealedChannel } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import { encodeFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import type { ServerAddress } from "../address.ts";

type Message = Record<string, unknown>;

/** The server's end of one connection, as a test wants it. */
export interface Peer {
  readonly socket: Socket;
  say(message: object): void;
  sayRaw(text: string): void;
  hello(changes?: object): void;
  /** The next message of the client. */
  hears(): Promise<Message>;
  /** Says hello, hears the client's and makes the Noise channel; resolves with the client's hello. */
  greets(): Promise<Message>;
  /** What ties a sign-in to the channel, once it is made. */
  readonly channelBinding: string;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly address: ServerAddress;
  readonly noiseKey: Uint8Array;
  readonly connections: number;
}

export interface ScriptedServerOptions {
  readonly tls?: TlsOptions;
  readonly keyPair?: KeyPair;
}

/** A server on a free port of this machine that does with each connection what the script says. */
export async function scriptedServer(
  script: (peer: Peer) => void | Promise<void>,
  { tls, keyPair = nodePrimitives.generateKeyPair() }: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const take = (socket: Socket): void => {
    connections += 1;
    socket.on("error", () => undefined);
    const peer = new ScriptedPeer(socket, keyPair);
    void Promise.resolve(script(peer)).catch(() => socket.destroy());
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
    address: { host: tls === undefined ? "127.0.0.1" : "localhost", port },
    noiseKey: keyPair.publicKey,
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

const encoder = new TextEncoder();
// More than the sealing of the largest message takes.
const SEALS_BYTES = 1024;

class ScriptedPeer implements Peer {
  readonly socket: Socket;
  readonly #keyPair: KeyPair;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: limits.frameBytes });
  readonly #heard: Uint8Array[] = [];
  readonly #waiting: ((payload: Uint8Array) => void)[] = [];
  #hello = new Uint8Array();
  #sealer: PayloadSealer | undefined;
  channelBinding = "";

  constructor(socket: Socket, keyPair: KeyPair) {
    this.socket = socket;
    this.#keyPair = keyPair;
    socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
  }

  say(message: object): void {
    this.sayRaw(JSON.stringify(message));
  }

  sayRaw(text: string): void {
    this.#send(encoder.encode(text));
  }

  hello(changes: object = {}): void {
    const hello = {
      type: "server_hello",
      version: PROTOCOL_VERSION,
      server_name: "scripted",
      features: ["client_ids", "log", "noise"],
      noise_key: toBase64(this.#keyPair.publicKey),
      encryption_required: false,
      ...changes,
    };
    this.#hello = encoder.encode(JSON.stringify(hello));
    this.#send(this.#hello);
  }

  async hears(): Promise<Message> {
    const payload = await this.#next();
    return parsed(this.#sealer?.open(payload) ?? payload);
  }

  async greets(): Promise<Message> {
    this.hello();
    const clientHello = await this.#next();
    const { message } = parsed(await this.#next());
    const prologue = helloPrologue(this.#hello, clientHello);
    const { reply, session } = answerNoise(
      nodePrimitives,
      { prologue, keyPair: this.#keyPair },
      fromBase64(String(message), NOISE_MESSAGE_BYTES),
    );
    this.say({ type: "noise_handshake_response", message: toBase64(reply) });
    this.#sealer = new SealedChannel(session);
    this.channelBinding = toBase64(session.handshakeHash);
    return parsed(clientHello);
  }

  #send(payload: Uint8Array): void {
    const sealed = this.#sealer?.seal(payload) ?? payload;
    this.socket.write(encodeFrame(sealed, limits.frameBytes + SEALS_BYTES));
  }

  #next(): Promise<Uint8Array> {
    const payload = this.#heard.shift();
    if (payload !== undefined) return Promise.resolve(payload);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #read(chunk: Uint8Array): void {
    try {
      this.#decoder.push(chunk);
      for (let view = this.#decoder.next(); view !== undefined; view = this.#decoder.next()) {
        const payload = view.slice();
        const next = this.#waiting.shift();
        if (next === undefined) this.#heard.push(payload);
        else next(payload);
      }
    } catch {
      this.socket.destroy();
    }
  }
}

function parsed(payload: Uint8Array): Message {
  return JSON.parse(new TextDecoder().decode(payload)) as Message;
}
