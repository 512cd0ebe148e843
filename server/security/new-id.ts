import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

/** Random bytes of a UUID, as the library wants them. */
const idBytes = 16;
/** Asking the system for 16 bytes takes ten times as long as all the rest of an id; so for many at once. */
const idsAtOnce = 256;

/** Where in the text of a UUID the two digits of each of its bytes stand. */
const digitPlaces = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const textChars = 36;
const digits = Buffer.from("0123456789abcdef", "latin1");

/** Makes UUIDs of version 7 (RFC 9562): those of one millisecond are in no order among themselves. */
export function createIdSource(): () => string {
  const pool = new Uint8Array(idsAtOnce * idBytes);
  const id = new Uint8Array(idBytes);
  const text = Buffer.alloc(textChars, "-");
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + idBytes);
    used += idBytes;
    v7({ random }, id);
    writeDigits(text, id);
    return text.toString("latin1");
  };
}

/** As the library would, which makes a string of each byte first: a kilobyte of garbage for each id. */
function writeDigits(text: Uint8Array, id: Uint8Array): void {
  for (let index = 0; index < idBytes; index += 1) {
    const place = digitPlaces[index] as number;
    const byte = id[index] as number;
    text[place] = digits[byte >> 4] as number;
    text[place + 1] = digits[byte & 15] as number;
  }
}
