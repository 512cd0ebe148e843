import { isIP, isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

const DEFAULT_CHAT_PORT = 8080;
const DEFAULT_HTTP_PORT = 8082;

/** An address that cannot be meant as one; the message says what was expected. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

export interface ServerAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What the chat travels in: TLS or a Noise channel on the chat port, or a WebSocket on the HTTP port. */
export type Carrier = "tls" | "noise" | "websocket";

/** Where the server is and how it is spoken to. */
export interface Endpoint {
  /** Names the server: its sessions and its pins are kept under it. */
  readonly address: ServerAddress;
  readonly httpUrl: URL;
  readonly carrier: Carrier;
}

/** How the bytes travel; plaintext only over a WebSocket that stays on this machine. */
export type Security = "tls" | "noise" | "plaintext";

export function securityOf({ carrier, httpUrl }: Pick<Endpoint, "carrier" | "httpUrl">): Security {
  if (carrier !== "websocket") return carrier;
  return httpUrl.protocol === "https:" ? "tls" : "plaintext";
}

/**
 * Reads `HOST`, `HOST:PORT`, `::1`, `[::1]` and `[::1]:PORT`.
 * @throws AddressError
 */
export function parseAddress(text: string): ServerAddress {
  const trimmed = text.trim();
  if (trimmed.includes("://")) {
    throw new AddressError(`expected HOST:PORT, without "${trimmed.split("://", 1)[0]}://"`);
  }
  if (isIPv6(trimmed)) return { host: trimmed, port: DEFAULT_CHAT_PORT };
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(trimmed);
  if (parts === null) throw new AddressError(`expected HOST:PORT or [IPv6]:PORT, got "${trimmed}"`);
  const [, inBrackets, plain, port] = parts;
  if (inBrackets !== undefined && !isIPv6(inBrackets)) {
    throw new AddressError(`"${inBrackets}" is not an IPv6 address`);
  }
  return { host: inBrackets ?? checkHost(plain ?? ""), port: checkPort(port) };
}

function checkHost(host: string): string {
  if (host === "") throw new AddressError("expected HOST:PORT, got no host");
  // Turns names in other scripts to what DNS knows; but it reads only as far as a URL's host goes.
  const ascii = /[/\\?#@]/.test(host) ? "" : domainToASCII(host);
  const valid = ascii.length <= 253 && /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(ascii);
  if (!valid) throw new AddressError(`"${host}" is not a host name`);
  return ascii;
}

function checkPort(port: string | undefined): number {
  if (port === undefined) return DEFAULT_CHAT_PORT;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw new AddressError(`expected a port from 1 to 65535, got "${port}"`);
}

/** The address as a person writes it. */
export function addressLabel({ host, port }: ServerAddress): string {
  return `${bracketed(host)}:${port}`;
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** Whether what is sent there stays on this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (isIPv4(bare)) return bare.startsWith("127.");
  if (isIPv6(bare)) return bare === "::1" || /^::ffff:(127\.|7f[0-9a-f]{2}:)/.test(bare);
  return bare === "localhost" || bare.endsWith(".localhost");
}

/** The HTTP API's address where none was given: beside the chat port, and with TLS unless it is this machine. */
export function defaultHttpUrl({ host }: ServerAddress): URL {
  const scheme = isLoopback(host) ? "http" : "https";
  // A zone ("%eth0") has no place in a URL.
  return new URL(`${scheme}://${bracketed(host.replace(/%.*$/, ""))}:${DEFAULT_HTTP_PORT}`);
}

/** @throws AddressError */
export function parseHttpUrl(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new AddressError(`expected http://HOST:PORT or https://HOST:PORT, got "${text.trim()}"`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new AddressError("expected only http(s)://HOST:PORT, without name, ? or #");
  }
  return url;
}

/** What the person chose of how to connect. */
export interface Wishes {
  readonly isWebSocket: boolean;
  /** The chat port has no TLS, whatever the HTTP port has. */
  readonly isNoise: boolean;
}

/**
 * Puts the two addresses together: without another wish the chat port has TLS exactly if the HTTP
 * port has, and the Noise channel if it has not.
 * @throws AddressError for a WebSocket without TLS that leaves this machine
 */
export function makeEndpoint(address: ServerAddress, httpUrl: URL, wishes: Wishes): Endpoint {
  const isTls = httpUrl.protocol === "https:";
  if (!wishes.isWebSocket) {
    return { address, httpUrl, carrier: isTls && !wishes.isNoise ? "tls" : "noise" };
  }
  if (!isTls && !isLoopback(httpUrl.hostname)) {
    throw new AddressError(
      `without TLS everybody on the way to ${httpUrl.hostname} could read your password and messages. Use an https:// address, or leave --websocket out`,
    );
  }
  return { address, httpUrl, carrier: "websocket" };
}

/** The HTTP port as an address. */
export function httpAddress({ hostname, port, protocol }: URL): ServerAddress {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (port !== "") return { host, port: Number(port) };
  return { host, port: protocol === "https:" ? 443 : 80 };
}

/** The name a certificate must carry; an address has none to announce. */
export function serverName(host: string): string {
  return isIP(host) === 0 ? host : "";
}
