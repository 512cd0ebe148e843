/**
 * What an address is counted under: an IPv4 address as it is, an IPv6 one by its first 64 bits,
 * because one household has all the addresses below them.
 */
export function addressKey(address: string): string {
  const plain = address.split("%")[0] ?? address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  return plain.includes(":") ? `${groups(plain).slice(0, 4).join(":")}::/64` : plain;
}

/** The eight groups of an IPv6 address without leading zeros. */
function groups(address: string): readonly string[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const front = fields(head);
  if (tail === undefined) return front;
  const back = fields(tail);
  const missing = Math.max(0, 8 - front.length - back.length);
  return [...front, ...Array<string>(missing).fill("0"), ...back];
}

function fields(part: string): readonly string[] {
  return part
    .split(":")
    .filter((field) => field !== "")
    .map((field) => field.replace(/^0+(?=.)/, ""));
}
