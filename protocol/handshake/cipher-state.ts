import { HandshakeError } from "./handshake-error.ts";
import { type Aead, KEY_BYTES, NONCE_BYTES, type Primitives } from "./primitives.ts";

export interface CipherBounds {
  /** Messages under one key; then both sides derive the next one. */
  readonly rekeyEvery: number;
  /** Messages in all; then the channel is over. */
  readonly maxMessages: number;
}

/**
 * A message is at most 65,535 bytes, so a key never protects more than 4 GiB: far below where
 * AES-GCM gets weak. The end is where a counter of 64 bits still is an exact number.
 */
const CIPHER_BOUNDS: CipherBounds = { rekeyEvery: 2 ** 16, maxMessages: 2 ** 48 };

const NOTHING = new Uint8Array(0);
const ZEROS = new Uint8Array(KEY_BYTES);
const HALF = 2 ** 32;
// The nonce that Noise keeps for deriving the next key: four zeros and 2^64 - 1.
const REKEY_NONCE = new Uint8Array(NONCE_BYTES).fill(0xff, 4);

/** One direction of a Noise channel: a key and the number of messages it has seen. */
export class CipherState {
  readonly #primitives: Pick<Primitives, "aead">;
  readonly #bounds: CipherBounds;
  #aead: Aead;
  #count = 0;

  constructor(primitives: Pick<Primitives, "aead">, key: Uint8Array, bounds = CIPHER_BOUNDS) {
    this.#primitives = primitives;
    this.#bounds = bounds;
    this.#aead = primitives.aead(key);
  }

  /** @throws HandshakeError `exhausted` */
  encrypt(plaintext: Uint8Array, associated: Uint8Array = NOTHING): Uint8Array {
    const nonce = this.#nextNonce();
    return this.#aead.seal(nonce, plaintext, associated);
  }

  /**
   * A nonce is used up even by what does not fit: after a failure nothing fits any more.
   * @throws HandshakeError `not_authentic` or `exhausted`
   */
  decrypt(sealed: Uint8Array, associated: Uint8Array = NOTHING): Uint8Array {
    const nonce = this.#nextNonce();
    const plaintext = this.#aead.open(nonce, sealed, associated);
    if (plaintext === undefined) throw new HandshakeError("not_authentic");
    return plaintext;
  }

  /** May change the key, so it comes before the key is used. */
  #nextNonce(): Uint8Array {
    const count = this.#count;
    if (count >= this.#bounds.maxMessages) throw new HandshakeError("exhausted");
    if (count > 0 && count % this.#bounds.rekeyEvery === 0) this.#rekey();
    this.#count = count + 1;
    return counterNonce(count);
  }

  #rekey(): void {
    const next = this.#aead.seal(REKEY_NONCE, ZEROS, NOTHING).subarray(0, KEY_BYTES);
    this.#aead = this.#primitives.aead(next);
  }
}

/** AESGCM in Noise: four zero bytes, then the counter with its highest byte first. */
export function counterNonce(count: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setUint32(4, Math.floor(count / HALF));
  view.setUint32(8, count % HALF);
  return nonce;
}
