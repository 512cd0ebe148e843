import { HandshakeError } from "./handshake-error.ts";

export const KEY_BYTES = 32;
export const TAG_BYTES = 16;
export const NONCE_BYTES = 12;

/** An X25519 key pair, both halves as raw bytes. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** AES-256-GCM under one key; a sealed text is the ciphertext and then the tag. */
export interface Aead {
  seal(nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Uint8Array;
  /** The plaintext in memory of its own, or undefined where the tag does not fit. */
  open(nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined;
}

/** The cryptography that a handshake is made of. */
export interface Primitives {
  randomBytes(count: number): Uint8Array;
  generateKeyPair(): KeyPair;
  /** @throws HandshakeError `invalid_key` */
  publicKeyOf(secretKey: Uint8Array): Uint8Array;
  /** X25519. @throws HandshakeError `invalid_key`, or `weak_key` where the secret is all zeros */
  dh(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  aead(key: Uint8Array): Aead;
  /** SHA-256. */
  hash(data: Uint8Array): Uint8Array;
  /** HMAC-SHA-256. */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** @throws HandshakeError `invalid_key` */
export function checkKeyLength(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw new HandshakeError("invalid_key");
  return key;
}

/** @throws HandshakeError `weak_key` */
export function refuseZeroSecret(secret: Uint8Array): Uint8Array {
  let bits = 0;
  for (const byte of secret) bits |= byte;
  if (bits === 0) throw new HandshakeError("weak_key");
  return secret;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
