import { isIPv4, isIPv6 } from "node:net";

/** What the bytes at the start of a proxied connection turned out to be. */
export type ProxyHeader =
  | { readonly kind: "incomplete" }
  | { readonly kind: "invalid"; readonly reason: string }
  | {
      readonly kind: "whole";
      /** Bytes of the header; the client's own come behind them. */
      readonly length: number;
      /** Undefined where the proxy speaks for itself, or of a client without an IP address. */
      readonly client: string | undefined;
    };

/** With its line end, by the specification. */
const LONGEST_V1 = 107;
/** The specification allows 65,535 bytes of extensions; real ones are below 300. */
const LONGEST_V2 = 2048;
/** More than this is never looked at. */
export const LONGEST_PROXY_HEADER = LONGEST_V2;

const v1Start = Buffer.from("PROXY ");
const v2Signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const V2_HEAD_BYTES = 16;

const incomplete = { kind: "incomplete" } as const;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, from everything that has come so far.
 * A connection that has none is invalid: whether there is one is settled beforehand, never guessed.
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (startsLike(buffer, v2Signature)) return readV2(buffer);
  if (startsLike(buffer, v1Start)) return readV1(buffer);
  return invalid("it has no PROXY header");
}

function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, LONGEST_V1).indexOf("\r\n");
  if (end < 0) return bytes.length < LONGEST_V1 ? incomplete : invalid("its line is too long");
  const [, family = "", ...fields] = bytes.toString("latin1", 0, end).split(" ");
  const length = end + 2;
  if (family === "UNKNOWN") return { kind: "whole", length, client: undefined };
  const isAddress = v1Families.get(family);
  if (isAddress === undefined) return invalid("its family is not known");
  const [source = "", destination = "", ...ports] = fields;
  if (!isAddress(source) || !isAddress(destination)) return invalid("its addresses are none");
  const arePorts = ports.length === 2 && ports.every(isPort);
  return arePorts ? { kind: "whole", length, client: source } : invalid("its ports are none");
}

const v1Families: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["TCP4", isIPv4],
  // Without a zone, which isIPv6 would take.
  ["TCP6", (text) => isIPv6(text) && !text.includes("%")],
]);

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

const v2Commands = { local: 0, proxy: 1 } as const;
const v2Families = { unspecified: 0, ipv4: 1, ipv6: 2, unix: 3 } as const;
const STREAM = 1;
/** Two addresses and two ports. */
const v2AddressBytes = { ipv4: 12, ipv6: 36, unix: 216 } as const;

function readV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_HEAD_BYTES) return incomplete;
  const [versionAndCommand = 0, familyAndTransport = 0] = bytes.subarray(v2Signature.length);
  const length = V2_HEAD_BYTES + bytes.readUInt16BE(14);
  if (versionAndCommand >> 4 !== 2) return invalid("its version is not known");
  // Judged before it is waited for.
  if (length > LONGEST_V2) return invalid("it is too long");
  if (bytes.length < length) return incomplete;
  const addresses = bytes.subarray(V2_HEAD_BYTES, length);
  const command = versionAndCommand & 0xf;
  if (command === v2Commands.local) return { kind: "whole", length, client: undefined };
  if (command !== v2Commands.proxy) return invalid("its command is not known");
  const client = v2Client(familyAndTransport, addresses);
  return client instanceof Error
    ? invalid(client.message)
    : { kind: "whole", length, client: client.address };
}

function v2Client(
  familyAndTransport: number,
  addresses: Buffer,
): { readonly address: string | undefined } | Error {
  const family = familyAndTransport >> 4;
  const transport = familyAndTransport & 0xf;
  if (family === v2Families.unspecified) return { address: undefined };
  if (transport !== STREAM) return new Error("it is of no stream");
  const tooShort = new Error("its addresses are cut short");
  switch (family) {
    case v2Families.ipv4:
      return addresses.length < v2AddressBytes.ipv4
        ? tooShort
        : { address: addresses.subarray(0, 4).join(".") };
    case v2Families.ipv6:
      return addresses.length < v2AddressBytes.ipv6
        ? tooShort
        : { address: ipv6Text(addresses.subarray(0, 16)) };
    case v2Families.unix:
      return addresses.length < v2AddressBytes.unix ? tooShort : { address: undefined };
    default:
      return new Error("its family is not known");
  }
}

function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    bytes.readUInt16BE(index * 2).toString(16),
  );
  const text = URL.parse(`http://[${groups.join(":")}]/`)?.hostname.slice(1, -1) ?? "";
  // As `plainAddress` writes them.
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.test(text);
  return mapped ? bytes.subarray(12).join(".") : text;
}

function invalid(reason: string): ProxyHeader {
  return { kind: "invalid", reason };
}
