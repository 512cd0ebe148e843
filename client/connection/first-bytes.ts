/** What the other side turned out to speak. */
export type Speech = "http" | "tls" | "chat" | "something_else";

const TLS_ALERT = 0x15;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 0x03;
// A frame of at most 1 MiB begins so.
const HIGHEST_SECOND_LENGTH_BYTE = 0x10;

/** Judges the first bytes of a connection: whose port is this? */
export function speechOf(bytes: Uint8Array): Speech {
  const [first, second] = bytes;
  if (String.fromCharCode(...bytes.subarray(0, 4)) === "HTTP") return "http";
  const isTlsRecord = first === TLS_ALERT || first === TLS_HANDSHAKE;
  if (isTlsRecord && second === TLS_MAJOR_VERSION) return "tls";
  const isFrame = first === 0 && second !== undefined && second <= HIGHEST_SECOND_LENGTH_BYTE;
  return isFrame ? "chat" : "something_else";
}
