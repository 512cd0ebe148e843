// What a certificate of our own needs of DER (ITU-T X.690), written and never read.

/** A value with its tag and its length in front. */
export type Der = Buffer;

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export const sequence = (...parts: readonly Der[]): Der => tagged(tags.sequence, ...parts);
export const set = (...parts: readonly Der[]): Der => tagged(tags.set, ...parts);
export const octetString = (bytes: Buffer): Der => tagged(tags.octetString, bytes);
export const utf8String = (text: string): Der => tagged(tags.utf8String, Buffer.from(text));
export const truth: Der = tagged(tags.boolean, Buffer.of(0xff));

/** `[number]`, of parts or, where it is primitive, of bytes. */
export function contextTag(number: number, kind: "parts" | "bytes", content: Buffer): Der {
  return tagged((kind === "parts" ? 0xa0 : 0x80) | number, content);
}

/** A number that is not negative, from its bytes. */
export function integer(bytes: Buffer): Der {
  const firstUsed = bytes.findIndex((byte) => byte !== 0);
  const used = firstUsed < 0 ? Buffer.of(0) : bytes.subarray(firstUsed);
  // A first bit would be a minus sign.
  const isPositive = (used[0] ?? 0) < 0x80;
  return tagged(tags.integer, isPositive ? used : Buffer.concat([Buffer.of(0), used]));
}

/** Bytes as bits; the last byte's lowest bits may be no part of it. */
export function bitString(bytes: Buffer, unusedBits = 0): Der {
  return tagged(tags.bitString, Buffer.of(unusedBits), bytes);
}

/** From its usual spelling, for instance 2.5.4.3. */
export function objectId(spelling: string): Der {
  const [first = 0, second = 0, ...rest] = spelling.split(".").map(Number);
  return tagged(tags.objectId, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** To the second. As RFC 5280 asks, years from 2050 on have four digits and those before have two. */
export function time(date: Date): Der {
  const digits = date.toISOString().replace(/\.\d+/, "").replaceAll(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050
    ? tagged(tags.utcTime, Buffer.from(digits.slice(2)))
    : tagged(tags.generalizedTime, Buffer.from(digits));
}

function base128(number: number): readonly number[] {
  const digits = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}

function tagged(tag: number, ...parts: readonly Buffer[]): Der {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return [0x80 | bytes.length, ...bytes];
}
