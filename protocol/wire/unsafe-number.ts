// With at most this many characters and no exponent a number is below 1e15, where every integer
// is exact.
const ALWAYS_SAFE_CHARS = 15;

/**
 * Whether a JSON number would lose its meaning in JavaScript: infinite, or an integer that shares
 * its double with a neighbour. A number with a fraction may be rounded, as everywhere.
 */
export function isUnsafeNumber(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start <= ALWAYS_SAFE_CHARS && !hasExponent(bytes, start, end)) return false;
  const value = Number(ascii.decode(bytes.subarray(start, end)));
  // Not a number at all: JSON.parse will say so better.
  if (Number.isNaN(value)) return false;
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

const ascii = new TextDecoder();

function hasExponent(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    // Setting bit 5 makes the letter lower-case; no digit, sign or point turns into an "e".
    if (((bytes[at] as number) | 0x20) === 0x65) return true;
  }
  return false;
}
