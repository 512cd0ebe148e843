import { CipherState } from "./cipher-state.ts";
import { HandshakeError } from "./handshake-error.ts";
import { concatBytes, type Primitives } from "./primitives.ts";

const FIRST = Uint8Array.of(1);
const SECOND = Uint8Array.of(2);

/** What both sides of a Noise handshake know so far: a key that chains, and a hash over all said. */
export class SymmetricState {
  readonly #primitives: Pick<Primitives, "aead" | "hash" | "hmac">;
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | undefined;

  /** `protocolHash` is the protocol's name, filled up with zeros to the length of a hash. */
  constructor(
    primitives: Pick<Primitives, "aead" | "hash" | "hmac">,
    protocolHash: Uint8Array,
    prologue: Uint8Array,
  ) {
    this.#primitives = primitives;
    this.#chainingKey = protocolHash;
    this.#hash = protocolHash;
    this.mixHash(prologue);
  }

  get handshakeHash(): Uint8Array {
    return this.#hash;
  }

  mixHash(data: Uint8Array): void {
    this.#hash = this.#primitives.hash(concatBytes(this.#hash, data));
  }

  mixKey(secret: Uint8Array): void {
    const [chainingKey, key] = this.#expand(secret);
    this.#chainingKey = chainingKey;
    this.#cipher = new CipherState(this.#primitives, key);
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const sealed = this.#keyed().encrypt(plaintext, this.#hash);
    this.mixHash(sealed);
    return sealed;
  }

  /** @throws HandshakeError `not_authentic` */
  decryptAndHash(sealed: Uint8Array): Uint8Array {
    const plaintext = this.#keyed().decrypt(sealed, this.#hash);
    this.mixHash(sealed);
    return plaintext;
  }

  /** The channel's two directions: from the initiator, and to it. */
  split(): { readonly fromInitiator: CipherState; readonly toInitiator: CipherState } {
    const [first, second] = this.#expand(new Uint8Array(0));
    return {
      fromInitiator: new CipherState(this.#primitives, first),
      toInitiator: new CipherState(this.#primitives, second),
    };
  }

  /** In NK a key is mixed before the first payload, so that nothing ever passes in the clear. */
  #keyed(): CipherState {
    if (this.#cipher === undefined) throw new HandshakeError("malformed");
    return this.#cipher;
  }

  /** HKDF with two outputs. */
  #expand(input: Uint8Array): readonly [Uint8Array, Uint8Array] {
    const { hmac } = this.#primitives;
    const secret = hmac(this.#chainingKey, input);
    const first = hmac(secret, FIRST);
    return [first, hmac(secret, concatBytes(first, SECOND))];
  }
}
