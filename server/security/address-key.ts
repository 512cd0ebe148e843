/**
 * What an address is counted under: an IPv4 address as it is, an IPv6 one by its first 64 bits,
 * because one household has all the addresses below them.
 */
export function addressKey(address: string): string {
  const plain = withoutZone(address);
  const mapped = mappedIpv4(plain);
  if (mapped !== undefined) return mapped;
  return plain.includes(":") ? `${groups(plain).slice(0, 4).join(":")}::/64` : plain;
}

/** The network around an address: 256 IPv4 addresses, or what is given to one customer in IPv6, 56 bits. */
export function networkKey(address: string): string {
  const plain = withoutZone(address);
  const ipv4 = mappedIpv4(plain) ?? plain;
  if (!ipv4.includes(":")) return ipv4.replace(/\.\d+$/, ".0/24");
  const [a, b, c, d = "0"] = groups(plain);
  const firstByte = Number.parseInt(d, 16) & 0xff00;
  return `${[a, b, c, firstByte.toString(16)].join(":")}::/56`;
}

function withoutZone(address: string): string {
  return address.split("%")[0] ?? address;
}

function mappedIpv4(plain: string): string | undefined {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
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
