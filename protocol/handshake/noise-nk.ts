import type { CipherState } from "./cipher-state.ts";
import { HandshakeError } from "./handshake-error.ts";
import {
  checkKeyLength,
  concatBytes,
  KEY_BYTES,
  type KeyPair,
  type Primitives,
  TAG_BYTES,
} from "./primitives.ts";
import { SymmetricState } from "./symmetric-state.ts";

const NOISE_PROTOCOL = "Noise_NK_25519_AESGCM_SHA256";

/** Each of the two handshake messages without a payload: an ephemeral key and a tag. */
export const NOISE_MESSAGE_BYTES = KEY_BYTES + TAG_BYTES;

/** No Noise message, of the handshake or after it, is longer. */
export const NOISE_MAX_BYTES = 65_535;

const HASH_BYTES = 32;
const NOTHING = new Uint8Array(0);

/** The outcome: two keys that only the other side has too. */
export interface NoiseSession {
  readonly sending: CipherState;
  readonly receiving: CipherState;
  /** Unique to this handshake and the same on both sides: a credential bound to it works nowhere else. */
  readonly handshakeHash: Uint8Array;
  /** What the other side's handshake message carried. */
  readonly payload: Uint8Array;
}

export interface InitiatorOptions {
  /** Both sides must have the same; see `helloPrologue`. */
  readonly prologue: Uint8Array;
  /** The server's static public key, known beforehand. */
  readonly serverKey: Uint8Array;
  /** Travels under the server's key alone, and can be replayed: nothing secret belongs here. */
  readonly payload?: Uint8Array;
}

export interface ResponderOptions {
  readonly prologue: Uint8Array;
  /** The server's static key pair. */
  readonly keyPair: KeyPair;
  readonly payload?: Uint8Array;
}

/** The client's side: send `message`, then `finish` with the answer. */
export class NoiseInitiator {
  readonly message: Uint8Array;
  readonly #primitives: Primitives;
  readonly #state: SymmetricState;
  #ephemeral: KeyPair | undefined;

  /** @throws HandshakeError `invalid_key` or `weak_key`: the server's key is none */
  constructor(primitives: Primitives, options: InitiatorOptions) {
    const { prologue, serverKey, payload = NOTHING } = options;
    const state = begin(primitives, prologue, checkKeyLength(serverKey));
    const ephemeral = primitives.generateKeyPair();
    state.mixHash(ephemeral.publicKey);
    state.mixKey(primitives.dh(ephemeral.secretKey, serverKey));
    this.message = concatBytes(ephemeral.publicKey, state.encryptAndHash(payload));
    this.#primitives = primitives;
    this.#state = state;
    this.#ephemeral = ephemeral;
  }

  /** Takes the one answer there is; a wrong one ends the handshake too. @throws HandshakeError */
  finish(reply: Uint8Array): NoiseSession {
    const ephemeral = this.#ephemeral;
    if (ephemeral === undefined) throw new HandshakeError("finished");
    this.#ephemeral = undefined;
    const { theirs, sealed } = takeApart(reply);
    this.#state.mixHash(theirs);
    this.#state.mixKey(this.#primitives.dh(ephemeral.secretKey, theirs));
    const payload = this.#state.decryptAndHash(sealed);
    const { fromInitiator, toInitiator } = this.#state.split();
    const { handshakeHash } = this.#state;
    return { sending: fromInitiator, receiving: toInitiator, handshakeHash, payload };
  }
}

/**
 * The server's side, in one step. `reply` is the last thing that may be sent unsealed: switch the
 * connection to `session` in the same synchronous step in which the reply is queued.
 * @throws HandshakeError for a client that has another server key, other hellos or altered bytes
 */
export function answerNoise(
  primitives: Primitives,
  options: ResponderOptions,
  message: Uint8Array,
): { readonly reply: Uint8Array; readonly session: NoiseSession } {
  const { prologue, keyPair, payload: ours = NOTHING } = options;
  const { theirs, sealed } = takeApart(message);
  const state = begin(primitives, prologue, checkKeyLength(keyPair.publicKey));
  state.mixHash(theirs);
  state.mixKey(primitives.dh(keyPair.secretKey, theirs));
  const payload = state.decryptAndHash(sealed);

  const ephemeral = primitives.generateKeyPair();
  state.mixHash(ephemeral.publicKey);
  state.mixKey(primitives.dh(ephemeral.secretKey, theirs));
  const reply = concatBytes(ephemeral.publicKey, state.encryptAndHash(ours));
  const { fromInitiator, toInitiator } = state.split();
  const { handshakeHash } = state;
  return {
    reply,
    session: { sending: toInitiator, receiving: fromInitiator, handshakeHash, payload },
  };
}

function begin(
  primitives: Primitives,
  prologue: Uint8Array,
  serverKey: Uint8Array,
): SymmetricState {
  const name = new Uint8Array(HASH_BYTES);
  name.set(new TextEncoder().encode(NOISE_PROTOCOL));
  const state = new SymmetricState(primitives, name, prologue);
  state.mixHash(serverKey);
  return state;
}

function takeApart(message: Uint8Array): { theirs: Uint8Array; sealed: Uint8Array } {
  if (message.length < NOISE_MESSAGE_BYTES || message.length > NOISE_MAX_BYTES) {
    throw new HandshakeError("malformed");
  }
  return { theirs: message.slice(0, KEY_BYTES), sealed: message.subarray(KEY_BYTES) };
}
