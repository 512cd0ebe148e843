import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  hash as oneShotHash,
  randomBytes,
} from "node:crypto";
import { HandshakeError } from "./handshake-error.ts";
import {
  type Aead,
  checkKeyLength,
  type KeyPair,
  type Primitives,
  refuseZeroSecret,
  TAG_BYTES,
} from "./primitives.ts";

const CIPHER = "aes-256-gcm";
const asymmetricKeyType = "x25519";

/** By OpenSSL: on small frames some five times as fast as plain JavaScript, on large ones 25 times. */
export const nodePrimitives: Primitives = {
  randomBytes: (count) => plain(randomBytes(count)),
  generateKeyPair,
  publicKeyOf: (secretKey) =>
    plain(createPublicKey(privateKeyOf(secretKey)).export({ format: "raw-public" })),
  dh: (secretKey, publicKey) => refuseZeroSecret(multiply(secretKey, publicKey)),
  aead,
  hash: (data) => plain(oneShotHash("sha256", data, "buffer")),
  hmac: (key, data) => plain(createHmac("sha256", key).update(data).digest()),
};

/** The same bytes without the habits of a Buffer, whose `slice` does not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function privateKeyOf(secretKey: Uint8Array): KeyObject {
  return createPrivateKey({
    key: checkKeyLength(secretKey),
    format: "raw-private",
    asymmetricKeyType,
  });
}

function generateKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync(asymmetricKeyType);
  return {
    publicKey: plain(publicKey.export({ format: "raw-public" })),
    secretKey: plain(privateKey.export({ format: "raw-private" })),
  };
}

function multiply(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const ours = privateKeyOf(secretKey);
  const theirs = createPublicKey({
    key: checkKeyLength(publicKey),
    format: "raw-public",
    asymmetricKeyType,
  });
  try {
    return plain(diffieHellman({ privateKey: ours, publicKey: theirs }));
  } catch (cause) {
    // Both keys were read, so all that is left to refuse is a secret of zeros.
    throw new HandshakeError("weak_key", { cause });
  }
}

function aead(key: Uint8Array): Aead {
  const secret = createSecretKey(checkKeyLength(key));
  return {
    seal: (nonce, plaintext, associated) => {
      const cipher = createCipheriv(CIPHER, secret, nonce);
      if (associated.length > 0) cipher.setAAD(associated);
      const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
    },
    open: (nonce, sealed, associated) => {
      const end = sealed.length - TAG_BYTES;
      if (end < 0) return undefined;
      const decipher = createDecipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
      if (associated.length > 0) decipher.setAAD(associated);
      decipher.setAuthTag(sealed.subarray(end));
      const plaintext = decipher.update(sealed.subarray(0, end));
      try {
        decipher.final();
      } catch {
        // A stream cipher has nothing left to decrypt here: it is the tag that does not fit.
        return undefined;
      }
      return plain(plaintext);
    },
  };
}
