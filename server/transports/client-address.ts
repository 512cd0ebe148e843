import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { plainAddress } from "./plain-address.ts";

/** Addresses from `address` on that share its first `prefix` bits. */
export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
}

/** Whether an address, as `plainAddress` writes it, is one of our own proxies. */
export type IsTrusted = (address: string) => boolean;

/** A check for the addresses in any of the ranges. */
export function trustedIn(ranges: readonly AddressRange[]): IsTrusted {
  const list = new BlockList();
  for (const { address, prefix } of ranges) list.addSubnet(address, prefix, familyOf(address));
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * Where a request really comes from: its peer, unless that is a proxy of ours. Then it is the last hop
 * in X-Forwarded-For that is none: everything to the left of it was said by somebody we do not know.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  isTrusted: IsTrusted,
): string {
  let client = peer;
  for (const hop of (forwardedFor ?? "").split(",").toReversed()) {
    if (!isTrusted(client)) break;
    const address = hopAddress(hop.trim());
    // A proxy of ours that writes no address is not asked what stands before it.
    if (address === undefined) break;
    client = address;
  }
  return client;
}

/** The same of an HTTP request. */
export function requestAddress(
  { socket, headers }: Pick<IncomingMessage, "socket" | "headers">,
  isTrusted: IsTrusted,
): string {
  // Node joins several of this header into one, in their order.
  const forwardedFor = headers["x-forwarded-for"];
  const text = typeof forwardedFor === "string" ? forwardedFor : forwardedFor?.join(",");
  return clientAddress(plainAddress(socket), text, isTrusted);
}

/** `1.2.3.4`, `1.2.3.4:567`, `::1` and `[::1]:567`; an IPv4 address as such, however it is written. */
function hopAddress(text: string): string | undefined {
  const bare = /^\[(.*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1];
  const address = (bare ?? text).replace(/^::ffff:(?=\d+\.)/i, "");
  // A zone is of another machine's network cards.
  return isIP(address) === 0 || address.includes("%") ? undefined : address;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
