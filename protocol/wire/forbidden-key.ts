// An own `__proto__` made by JSON.parse becomes a prototype at the first Object.assign, and the
// other two lead to one. No message of ours has a field of these names.
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"].map((name) =>
  new TextEncoder().encode(name),
);

const BACKSLASH = 0x5c;

/**
 * Whether the bytes between the quotes of a key are refused: a forbidden name, or any escape.
 *
 * Escapes are refused whole, not decoded, because V8 gets them wrong: once it has parsed the key
 * `\` behind some other key, JSON.parse reads every escape of one character in that place as `\`
 * (nodejs/node 63785). Names of fields are plain letters, so no honest peer escapes them.
 */
export function isForbiddenKey(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === BACKSLASH) return true;
  }
  // No callbacks: for each key of each message they would be more garbage than all else of the scan.
  for (let index = 0; index < FORBIDDEN_KEYS.length; index += 1) {
    if (equals(bytes, start, end, FORBIDDEN_KEYS[index] as Uint8Array)) return true;
  }
  return false;
}

function equals(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let at = 0; at < name.length; at += 1) {
    if (bytes[start + at] !== name[at]) return false;
  }
  return true;
}
