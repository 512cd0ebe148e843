import { HandshakeError } from "./handshake-error.ts";

/** Keys and handshake messages, so a few bytes, as they travel in JSON: standard, padded base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/**
 * Reads exactly so many bytes, from their one canonical spelling: 1.x takes no other either.
 * @throws HandshakeError `malformed`
 */
export function fromBase64(text: string, byteCount: number): Uint8Array {
  if (text.length !== Math.ceil(byteCount / 3) * 4) throw new HandshakeError("malformed");
  const bytes = Uint8Array.from(decode(text), (char) => char.charCodeAt(0));
  // Decoding is generous about blanks, padding and spare bits; spelling it again is not.
  if (bytes.length !== byteCount || toBase64(bytes) !== text) throw new HandshakeError("malformed");
  return bytes;
}

function decode(text: string): string {
  try {
    return atob(text);
  } catch (cause) {
    throw new HandshakeError("malformed", { cause });
  }
}
