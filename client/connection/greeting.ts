import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { HandshakeError } from "@lair-chat/protocol/handshake/handshake-error.ts";
import { helloPrologue } from "@lair-chat/protocol/handshake/hello-prologue.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import {
  NOISE_MESSAGE_BYTES,
  NoiseInitiator,
  type NoiseSession,
} from "@lair-chat/protocol/handshake/noise-nk.ts";
import { SealedChannel } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { checkEvent } from "@lair-chat/protocol/validate-incoming.ts";
import type { JsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { ConnectionError } from "./connection-error.ts";
import { agreeOnHello } from "./hello.ts";
import type { Sealable, Transport } from "./transport.ts";

/** What came of the greeting. */
export interface Greeted {
  /** Ties what proves who somebody is to this one channel; only where it is a Noise channel. */
  readonly channelBinding: string | undefined;
  /** What both sides use. */
  readonly features: ReadonlySet<string>;
  /** Remembers the server as the one it has proven to be. @throws ConnectionError */
  remember(): Promise<void>;
}

interface Handshake {
  readonly initiator: NoiseInitiator;
  readonly channel: Sealable;
  readonly serverKey: Uint8Array;
  readonly features: ReadonlySet<string>;
}

const encoder = new TextEncoder();

/** The first words of a connection, until what follows is protected: hellos, and keys where there is no TLS. */
export class Greeting {
  readonly #transport: Transport;
  readonly #clientName: string;
  #handshake: Handshake | undefined;

  constructor(transport: Transport, clientName: string) {
    this.#transport = transport;
    this.#clientName = clientName;
  }

  /**
   * Takes what the server says, as the bytes they are, and answers; undefined until that is all.
   * @throws ConnectionError; then the connection is of no use
   */
  take(message: JsonObject, payload: Uint8Array): Greeted | undefined {
    if (this.#handshake !== undefined) return this.#finish(message, this.#handshake);
    const { at, protection } = this.#transport;
    const { answer, noiseKey, features } = agreeOnHello(message, {
      at,
      clientName: this.#clientName,
      protection: protection.kind,
    });
    const text = JSON.stringify(answer);
    if (protection.kind === "noise" && noiseKey !== undefined) {
      const serverKey = protection.keys.choose(at, noiseKey);
      const hellos = { theirs: payload, ours: encoder.encode(text) };
      this.#begin({ channel: protection, serverKey, features }, hellos);
      return undefined;
    }
    this.#transport.send(text);
    return { channelBinding: undefined, features, remember: async () => undefined };
  }

  #begin(
    given: Omit<Handshake, "initiator">,
    hellos: { readonly theirs: Uint8Array; readonly ours: Uint8Array },
  ): void {
    const { channel, serverKey } = given;
    const prologue = helloPrologue(hellos.theirs, hellos.ours);
    const initiator = this.#attempt(
      () => new NoiseInitiator(nodePrimitives, { prologue, serverKey }),
    );
    const message = toBase64(initiator.message);
    this.#handshake = { ...given, initiator };
    channel.sendOpen(hellos.ours);
    channel.sendOpen(encoder.encode(JSON.stringify({ type: "noise_handshake", message })));
  }

  #finish(message: JsonObject, handshake: Handshake): Greeted {
    const { at } = this.#transport;
    const { initiator, channel, serverKey, features } = handshake;
    const session = this.#attempt(() => initiator.finish(this.#replyIn(message)));
    channel.seal(new SealedChannel(session));
    return {
      channelBinding: toBase64(session.handshakeHash),
      features,
      remember: () => channel.keys.keep(at, serverKey),
    };
  }

  #replyIn(message: JsonObject): Uint8Array {
    const { at } = this.#transport;
    if (message["type"] === "noise_handshake_response" && typeof message["message"] === "string") {
      return fromBase64(message["message"], NOISE_MESSAGE_BYTES);
    }
    const event = checkEvent(message);
    const detail =
      event?.type === "error" ? `it answers "${event.message}"` : "its answer is no handshake";
    throw new ConnectionError("noise_failed", at, { detail });
  }

  #attempt<T extends NoiseInitiator | NoiseSession>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (!(cause instanceof HandshakeError)) throw cause;
      throw this.#failed(cause);
    }
  }

  #failed(cause: HandshakeError): ConnectionError {
    const { at } = this.#transport;
    return new ConnectionError("noise_failed", at, { detail: cause.message, cause });
  }
}
