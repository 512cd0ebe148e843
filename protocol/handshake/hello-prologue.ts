import { concatBytes } from "./primitives.ts";

const LABEL = new TextEncoder().encode("lair-chat noise 1");

/**
 * What a Noise handshake is about: both hellos, byte for byte as they were sent (the JSON of each
 * frame without its length prefix). Whoever alters a hello on the way, for instance to strip a
 * feature, leaves the two sides with different prologues, and the handshake fails.
 */
export function helloPrologue(serverHello: Uint8Array, clientHello: Uint8Array): Uint8Array {
  return concatBytes(
    ...[LABEL, serverHello, clientHello].flatMap((part) => [lengthOf(part), part]),
  );
}

/** In front of each part, so that no byte can move from one to the next. */
function lengthOf(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, part.length);
  return bytes;
}
