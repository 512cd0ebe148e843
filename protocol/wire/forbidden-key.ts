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
  return FORBIDDEN_KEYS.some((name) => equals(bytes, start, end, name));
}

function equals(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  return end - start === name.length && name.every((byte, at) => byte === bytes[start + at]);
}
