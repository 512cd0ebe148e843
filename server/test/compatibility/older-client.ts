import { once } from "node:events";
import net, { type Socket } from "node:net";
import { Duplex } from "node:stream";
import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { LegacySealedChannel } from "@lair-chat/protocol/handshake/legacy-key-exchange.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { KEY_BYTES } from "@lair-chat/protocol/handshake/primitives.ts";
import { encodeFrame, encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import type { ServerProcess } from "../server-process.ts";
import { WireClient } from "../wire-client.ts";
import { whyUnreadable } from "./rust-client-frames.ts";

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** What comes unasked, as clients of 1.x tell it from replies: those number nothing. */
const events: ReadonlySet<unknown> = new Set([
  "server_hello",
  "message_received",
  "message_edited",
  "message_deleted",
  "user_joined_room",
  "user_left_room",
  "member_role_changed",
  "room_updated",
  "room_deleted",
  "user_online",
  "user_offline",
  "user_typing",
  "invitation_received",
  "server_notice",
  "session_expiring",
]);

/** A reply as 1.x reads it: what is asked for is there, or the test fails by that. */
export interface Reply {
  readonly type: string;
  readonly success: boolean;
  readonly code: string;
  readonly error: { readonly code: string };
  readonly server_time: string;
  readonly token: string;
  readonly session: { readonly id: string };
  readonly user: { readonly id: string; readonly username: string; readonly role: string };
  readonly users: readonly Reply["user"][];
  readonly room: { readonly id: string; readonly name: string; readonly description: string };
  readonly rooms: readonly unknown[];
  readonly message: { readonly id: string; readonly content: string; readonly edited: boolean };
  readonly messages: readonly Reply["message"][];
  readonly invitations: readonly unknown[];
}

/** A client as 1.x has it: requests without numbers, one after the other, with fields nobody knows. */
export class OlderClient implements AsyncDisposable {
  readonly wire: WireClient;
  /** The bytes as they came, where they were sealed. */
  readonly overheard: readonly Buffer[];

  constructor(wire: WireClient, overheard: readonly Buffer[] = []) {
    this.wire = wire.checking(whyUnreadable);
    this.overheard = overheard;
  }

  /** Says something and waits for the first thing that comes back for it. */
  async ask(type: string, fields: object = {}): Promise<Reply> {
    this.wire.send({ type, ...fields, mood: "fine" });
    return await this.next();
  }

  async next(): Promise<Reply> {
    const reply = await this.wire.expectsMessage(({ type }) => !events.has(type), "a reply");
    return reply as unknown as Reply;
  }

  async register(username: string): Promise<Reply> {
    return await this.ask("register", {
      username,
      email: `${username}@example.org`,
      password: olderPassword,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.wire.close();
  }
}

export const olderPassword = "SecurePass123!";

const olderHello = { type: "client_hello", version: "1.0", client_name: "Lair Chat TUI" };

/** A way for clients of 1.x to connect, hello said. */
export interface OlderDial {
  readonly name: string;
  open(server: Pick<ServerProcess, "tcpPort" | "httpPort">): Promise<OlderClient>;
}

async function greeted(wire: WireClient): Promise<OlderClient> {
  await wire.expects("server_hello", ({ version }) => version === "1.0");
  wire.send(olderHello);
  return new OlderClient(wire);
}

export const overTcp: OlderDial = {
  name: "TCP",
  open: async ({ tcpPort }) => greeted(await WireClient.connect({ port: tcpPort })),
};

export const overWebSocket: OlderDial = {
  name: "WebSocket",
  open: async ({ httpPort }) => greeted(await WireClient.connectWebSocket({ port: httpPort })),
};

/** TCP with the exchange of keys, after which everything is sealed. */
export const overSealedTcp: OlderDial = {
  name: "TCP with the key exchange",
  open: async ({ tcpPort }) => {
    const overheard: Buffer[] = [];
    const wire = WireClient.on(await sealed(tcpPort, overheard));
    await wire.expects("server_hello");
    return new OlderClient(wire, overheard);
  },
};

async function sealed(port: number, overheard: Buffer[]): Promise<Socket> {
  const plain = await WireClient.connect({ port });
  const hello = await plain.expects("server_hello");
  if (!hello.features.includes("encryption")) throw new Error("the server offers no encryption");
  plain.send({ ...olderHello, features: ["encryption"] });
  const ours = nodePrimitives.generateKeyPair();
  plain.send({ type: "key_exchange", public_key: toBase64(ours.publicKey) });
  const reply = await plain.expectsMessage(({ type }) => type === "key_exchange_response");
  const theirs = fromBase64(String(reply["public_key"]), KEY_BYTES);
  const secret = nodePrimitives.dh(ours.secretKey, theirs);
  // Whoever read the hello would not know what to make of the rest.
  plain.socket.removeAllListeners("data");
  plain.socket.on("data", (chunk: Buffer) => overheard.push(chunk));
  const socket = sealedSocket(plain.socket, new LegacySealedChannel(nodePrimitives, secret));
  socket.push(encodeTextFrame(JSON.stringify(hello), MAX_FRAME_BYTES));
  return socket;
}

/** The socket from now on: what is written to it is sealed, what is read from it was opened. */
function sealedSocket(socket: Socket, channel: LegacySealedChannel): Socket {
  const outgoing = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
  const incoming = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
  const duplex = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      outgoing.push(chunk);
      for (let payload = outgoing.next(); payload; payload = outgoing.next()) {
        socket.write(encodeFrame(channel.seal(payload), MAX_FRAME_BYTES));
      }
      done();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    incoming.push(chunk);
    for (let payload = incoming.next(); payload; payload = incoming.next()) {
      duplex.push(encodeFrame(channel.open(payload), MAX_FRAME_BYTES));
    }
  });
  socket.on("close", () => duplex.destroy());
  return duplex as unknown as Socket;
}

/** All that a raw connection is told until it is closed by the other side. */
export async function toldUntilClosed(port: number): Promise<string> {
  const socket = net.connect(port, "127.0.0.1");
  let told = "";
  socket.on("data", (chunk: Buffer) => {
    told += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  await once(socket, "close");
  return told;
}
