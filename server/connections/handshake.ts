import type { Request } from "@lair-chat/protocol/envelope.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { channelFeatures } from "@lair-chat/protocol/handshake/channel-features.ts";
import { HandshakeError } from "@lair-chat/protocol/handshake/handshake-error.ts";
import { helloPrologue } from "@lair-chat/protocol/handshake/hello-prologue.ts";
import { answerLegacyKeyExchange } from "@lair-chat/protocol/handshake/legacy-key-exchange.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { answerNoise, NOISE_MESSAGE_BYTES } from "@lair-chat/protocol/handshake/noise-nk.ts";
import type { KeyPair } from "@lair-chat/protocol/handshake/primitives.ts";
import { type PayloadSealer, SealedChannel } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { checkParams } from "@lair-chat/protocol/validate.ts";
import { messageFrame } from "./frame-batch.ts";
import type { Reading } from "./read-payload.ts";
import type { Sealable, SealingOffer } from "./sealing-offer.ts";

/** Why a message is not served at this point: it is answered with the error, or ends the connection. */
export interface Objection {
  readonly kind: "refuse" | "end";
  readonly error: ChatError;
}

type Params = Request["params"];

/** What a handshake comes to. */
interface Secured {
  readonly lastPlain: object;
  readonly sealer: PayloadSealer;
  /** What a sign-in can be bound to. */
  readonly binding?: string;
}

/** What the client has asked for in its hello, with all that is needed to do it. */
type Awaited =
  | { readonly kind: "noise"; readonly keyPair: KeyPair; readonly prologue: Uint8Array }
  | { readonly kind: "key exchange" };

type Stage =
  /** Nothing was asked for, or it was done. */
  | { readonly kind: "settled"; readonly binding: string | undefined }
  | { readonly kind: "awaited"; readonly how: Awaited }
  /** The client's part is there and not answered yet. */
  | { readonly kind: "under way"; readonly how: Awaited };

const requestNames = { noise: "noise_handshake", "key exchange": "key_exchange" } as const;

/** True for the requests that `Handshake` answers. */
export function isHandshake({ name }: Request): boolean {
  return name === requestNames.noise || name === requestNames["key exchange"];
}

/** How far a connection has come with being sealed: asked for in the hello, done before signing in. */
export class Handshake {
  readonly #sealable: Sealable | undefined;
  #stage: Stage = { kind: "settled", binding: undefined };

  constructor(sealable: Sealable | undefined) {
    this.#sealable = sealable;
  }

  /** The hash that both sides of a Noise handshake have, base64; undefined on any other channel. */
  get binding(): string | undefined {
    return this.#stage.kind === "settled" ? this.#stage.binding : undefined;
  }

  /** Takes what the client's hello names. */
  begin(features: readonly string[], clientHello: Uint8Array): void {
    const offer = this.#sealable?.offer;
    const how = offer === undefined ? undefined : chosen(offer, features, clientHello);
    if (how !== undefined) this.#stage = { kind: "awaited", how };
  }

  /** Undefined for what may go on; a handshake that may has begun by that. */
  objectionTo(reading: Reading): Objection | undefined {
    const name = reading.kind === "request" ? reading.request.name : undefined;
    const stage = this.#stage;
    if (stage.kind === "under way") return end("The handshake was not answered yet.");
    if (stage.kind === "settled") {
      const isLate = reading.kind === "request" && isHandshake(reading.request);
      return isLate ? this.#lateObjection() : undefined;
    }
    if (name === requestNames[stage.how.kind]) {
      this.#stage = { kind: "under way", how: stage.how };
      return undefined;
    }
    if (stage.how.kind === "noise") return end("A noise_handshake must come next.");
    // As 1.x has it: pings are answered, and whatever was no request is told so.
    if (name === undefined || name === "ping") return undefined;
    return refuse("unauthorized", "Must complete the key exchange first");
  }

  /** As 1.x has it, a WebSocket says what it is that cannot be. */
  #lateObjection(): Objection {
    return this.#sealable === undefined
      ? refuse("not_supported")
      : refuse("invalid_state", "No such handshake was asked for.");
  }

  /**
   * Does the handshake that was let pass. The answer is the step that sends the last word in the clear
   * and seals everything after it. @throws ChatError `handshake_failed`
   */
  answer({ params }: Request): () => void {
    const stage = this.#stage;
    const sealable = this.#sealable;
    if (stage.kind !== "under way" || sealable === undefined) throw new ChatError("invalid_state");
    const { lastPlain, sealer, binding } = secured(stage.how, params);
    const lastFrame = messageFrame(lastPlain);
    return () => {
      sealable.secure(lastFrame, sealer);
      this.#stage = { kind: "settled", binding };
    };
  }
}

/** The better one where both are named. */
function chosen(
  { noise, keyExchange, helloPayload }: SealingOffer,
  features: readonly string[],
  clientHello: Uint8Array,
): Awaited | undefined {
  if (noise !== undefined && features.includes(channelFeatures.noise)) {
    const prologue = helloPrologue(helloPayload, clientHello);
    return { kind: "noise", keyPair: noise, prologue };
  }
  return keyExchange && features.includes(channelFeatures.keyExchange)
    ? { kind: "key exchange" }
    : undefined;
}

function secured(how: Awaited, params: Params): Secured {
  try {
    return how.kind === "noise" ? noiseAnswer(how, params) : legacyAnswer(params);
  } catch (cause) {
    const isTheirs = cause instanceof HandshakeError || cause instanceof ChatError;
    // One word for all: what exactly was wrong helps nobody but an attacker.
    throw isTheirs ? new ChatError("handshake_failed", { cause }) : cause;
  }
}

function noiseAnswer(
  { keyPair, prologue }: Extract<Awaited, { kind: "noise" }>,
  params: Params,
): Secured {
  const { message } = checkParams("noise_handshake", params, "strict");
  const theirs = fromBase64(message, NOISE_MESSAGE_BYTES);
  const { reply, session } = answerNoise(nodePrimitives, { prologue, keyPair }, theirs);
  return {
    lastPlain: { type: "noise_handshake_response", message: toBase64(reply) },
    sealer: new SealedChannel(session),
    binding: toBase64(session.handshakeHash),
  };
}

function legacyAnswer(params: Params): Secured {
  const { public_key: theirs } = checkParams("key_exchange", params, "lenient");
  const { response, channel } = answerLegacyKeyExchange(nodePrimitives, theirs);
  return { lastPlain: response, sealer: channel };
}

function refuse(
  code: "invalid_state" | "unauthorized" | "not_supported",
  message?: string,
): Objection {
  const error = new ChatError(code, message === undefined ? {} : { message });
  return { kind: "refuse", error };
}

function end(message: string): Objection {
  return { kind: "end", error: new ChatError("invalid_state", { message }) };
}
