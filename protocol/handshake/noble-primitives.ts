import { gcm } from "@noble/ciphers/aes.js";
import { randomBytes } from "@noble/ciphers/utils.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { HandshakeError } from "./handshake-error.ts";
import {
  type Aead,
  checkKeyLength,
  type Primitives,
  refuseZeroSecret,
  TAG_BYTES,
} from "./primitives.ts";

/** For runtimes without node:crypto, and the second opinion in the tests of the fast one. */
export const noblePrimitives: Primitives = {
  randomBytes,
  generateKeyPair: () => x25519.keygen(),
  publicKeyOf: (secretKey) => x25519.getPublicKey(checkKeyLength(secretKey)),
  dh: (secretKey, publicKey) =>
    refuseZeroSecret(multiply(checkKeyLength(secretKey), checkKeyLength(publicKey))),
  aead,
  hash: sha256,
  hmac: (key, data) => hmac(sha256, key, data),
};

function multiply(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(secretKey, publicKey);
  } catch (cause) {
    // The lengths are right, so all that is left to refuse is a secret of zeros.
    throw new HandshakeError("weak_key", { cause });
  }
}

function aead(key: Uint8Array): Aead {
  const ownKey = checkKeyLength(key).slice();
  return {
    seal: (nonce, plaintext, associated) => gcm(ownKey, nonce, associated).encrypt(plaintext),
    open: (nonce, sealed, associated) => {
      if (sealed.length < TAG_BYTES) return undefined;
      const cipher = gcm(ownKey, nonce, associated);
      try {
        return cipher.decrypt(sealed);
      } catch {
        // Long enough for a tag, so it is the tag that does not fit.
        return undefined;
      }
    },
  };
}
