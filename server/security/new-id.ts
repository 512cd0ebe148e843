import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

/** Random bytes of a UUID, as the library wants them. */
const idBytes = 16;
/** Asking the system for 16 bytes takes ten times as long as all the rest of an id; so for many at once. */
const idsAtOnce = 256;

/** Makes UUIDs of version 7 (RFC 9562): those of one millisecond are in no order among themselves. */
export function createIdSource(): () => string {
  const pool = new Uint8Array(idsAtOnce * idBytes);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + idBytes);
    used += idBytes;
    return v7({ random });
  };
}
