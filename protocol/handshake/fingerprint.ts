import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, toBase64 } from "./base64.ts";
import { HandshakeError } from "./handshake-error.ts";
import { checkKeyLength } from "./primitives.ts";

const PREFIX = "SHA256:";
const DIGEST_BYTES = 32;
const PADDING = "=";

/**
 * A static key as people compare it, in the form they know from SSH: the SHA-256 of its 32 bytes.
 * @throws HandshakeError `invalid_key`
 */
export function fingerprintOf(publicKey: Uint8Array): string {
  return formatFingerprint(sha256(checkKeyLength(publicKey)));
}

function formatFingerprint(digest: Uint8Array): string {
  return PREFIX + toBase64(digest).slice(0, -PADDING.length);
}

/**
 * Reads what a person typed or pasted, blanks around it allowed; the answer is spelt as
 * `fingerprintOf` spells it, so the two can be compared as strings.
 * @throws HandshakeError `invalid_fingerprint`
 */
export function parseFingerprint(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX)) throw new HandshakeError("invalid_fingerprint");
  try {
    return formatFingerprint(fromBase64(trimmed.slice(PREFIX.length) + PADDING, DIGEST_BYTES));
  } catch (cause) {
    throw new HandshakeError("invalid_fingerprint", { cause });
  }
}
