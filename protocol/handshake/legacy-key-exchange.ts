import { fromBase64, toBase64 } from "./base64.ts";
import { HandshakeError } from "./handshake-error.ts";
import {
  type Aead,
  concatBytes,
  KEY_BYTES,
  NONCE_BYTES,
  type Primitives,
  TAG_BYTES,
} from "./primitives.ts";
import type { PayloadSealer } from "./sealed-frames.ts";

/** Random nonces of 96 bits must not be drawn more often under one key (NIST SP 800-38D, 8.3). */
const LEGACY_MAX_MESSAGES = 2 ** 32;

const LEGACY_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

const NOTHING = new Uint8Array(0);

export interface LegacyAnswer {
  readonly response: { readonly type: "key_exchange_response"; readonly public_key: string };
  readonly channel: LegacySealedChannel;
}

/**
 * The server's side of the exchange that clients of Lair Chat 1.x know. It hides what is said from
 * those who only listen; nobody's identity is checked, so one who stands between reads everything.
 *
 * `response` is the last payload that may be sent unsealed, and every later one goes through
 * `channel`. Queue the response and put the channel in place in one synchronous step: then there is
 * no moment at which another payload could be sent in the clear behind it.
 * @throws HandshakeError `malformed` or `weak_key`
 */
export function answerLegacyKeyExchange(primitives: Primitives, publicKey: string): LegacyAnswer {
  const theirs = fromBase64(publicKey, KEY_BYTES);
  const ours = primitives.generateKeyPair();
  const key = primitives.dh(ours.secretKey, theirs);
  return {
    response: { type: "key_exchange_response", public_key: toBase64(ours.publicKey) },
    channel: new LegacySealedChannel(primitives, key),
  };
}

/**
 * Payloads as 1.x seals them: a random nonce of 12 bytes, then AES-256-GCM, with the raw shared
 * secret as the key of both directions. Frames may be replayed, reordered or sent back by one who
 * stands between: the format has no place for a counter.
 */
export class LegacySealedChannel implements PayloadSealer {
  readonly #random: Primitives["randomBytes"];
  readonly #aead: Aead;
  readonly #maxMessages: number;
  #sealed = 0;
  #failure: HandshakeError | undefined;

  constructor(
    primitives: Pick<Primitives, "aead" | "randomBytes">,
    key: Uint8Array,
    maxMessages = LEGACY_MAX_MESSAGES,
  ) {
    this.#random = (count) => primitives.randomBytes(count);
    this.#aead = primitives.aead(key);
    this.#maxMessages = maxMessages;
  }

  sealedBytes(payloadBytes: number): number {
    return payloadBytes + LEGACY_OVERHEAD_BYTES;
  }

  seal(payload: Uint8Array): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#sealed >= this.#maxMessages) throw this.#fail("exhausted");
    this.#sealed += 1;
    const nonce = this.#random(NONCE_BYTES);
    return concatBytes(nonce, this.#aead.seal(nonce, payload, NOTHING));
  }

  open(sealed: Uint8Array): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure;
    if (sealed.length < LEGACY_OVERHEAD_BYTES) throw this.#fail("truncated");
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const payload = this.#aead.open(nonce, sealed.subarray(NONCE_BYTES), NOTHING);
    if (payload === undefined) throw this.#fail("not_authentic");
    return payload;
  }

  #fail(code: "exhausted" | "truncated" | "not_authentic"): HandshakeError {
    this.#failure = new HandshakeError(code);
    return this.#failure;
  }
}
