import assert from "node:assert/strict";
import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { helloPrologue } from "@lair-chat/protocol/handshake/hello-prologue.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { NoiseInitiator } from "@lair-chat/protocol/handshake/noise-nk.ts";
import { SealedChannel } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { OldCrypto } from "@lair-chat/protocol/handshake/test/old-crypto.ts";
import { FEATURES } from "@lair-chat/protocol/version.ts";
import { WireClient } from "../wire-client.ts";
import { RawPeer, type Sealing } from "./raw-peer.ts";

/** A client whose frames are sealed. */
export interface SealedClient extends AsyncDisposable {
  readonly peer: RawPeer;
  readonly client: WireClient;
  readonly sealing: Sealing;
  /** What a sign-in is bound to on a channel of Noise; empty on any other. */
  readonly binding: string;
}

/** The last of a client's two messages before the channel stands. */
export interface NoiseStart {
  readonly peer: RawPeer;
  readonly message: Uint8Array;
  finish(reply: Uint8Array): { readonly sealing: Sealing; readonly binding: string };
}

/** Says hello, names Noise, and makes the handshake message, which is not sent yet. */
export async function startNoise(
  peer: RawPeer,
  serverKey: Uint8Array,
  features: readonly string[] = FEATURES,
): Promise<NoiseStart> {
  const serverHello = await peer.next();
  const hello = { type: "client_hello", version: "1.0", features: [...features, "noise"] };
  const clientHello = Buffer.from(JSON.stringify(hello));
  peer.send(clientHello);
  const prologue = helloPrologue(serverHello, clientHello);
  const initiator = new NoiseInitiator(nodePrimitives, { prologue, serverKey });
  return {
    peer,
    message: initiator.message,
    finish(reply) {
      const session = initiator.finish(reply);
      return { sealing: new SealedChannel(session), binding: toBase64(session.handshakeHash) };
    },
  };
}

/** A client that has pinned the server's key. */
export async function connectNoise(
  port: number,
  serverKey: Uint8Array,
  features?: readonly string[],
): Promise<SealedClient> {
  const peer = await RawPeer.connect(port);
  const start = await startNoise(peer, serverKey, features);
  peer.send({ type: "noise_handshake", message: toBase64(start.message) });
  const answer = await peer.nextMessage();
  assert.deepEqual(Object.keys(answer), ["type", "message"]);
  assert.equal(answer["type"], "noise_handshake_response");
  const { sealing, binding } = start.finish(fromBase64(String(answer["message"]), 48));
  return sealedClient(peer, sealing, binding);
}

/** A 1.x client as its own code connects: it encrypts whenever the server offers to. */
export async function connect1x(port: number): Promise<SealedClient> {
  const peer = await RawPeer.connect(port);
  const hello = await peer.nextMessage();
  assert.ok((hello["features"] as string[]).includes("encryption"));
  assert.equal(hello["encryption_required"], false);
  const sealing = new OldCrypto();
  peer.send({ type: "client_hello", version: "1.0", client_name: "x", features: ["encryption"] });
  peer.send({ type: "key_exchange", public_key: sealing.publicKey });
  const answer = await peer.nextMessage();
  assert.deepEqual(Object.keys(answer), ["type", "public_key"]);
  assert.equal(answer["type"], "key_exchange_response");
  sealing.take(String(answer["public_key"]));
  return sealedClient(peer, sealing, "");
}

function sealedClient(peer: RawPeer, sealing: Sealing, binding: string): SealedClient {
  const client = WireClient.on(peer.sealed(sealing));
  return { peer, sealing, binding, client, [Symbol.asyncDispose]: () => client.close() };
}
