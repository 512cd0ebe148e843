import path from "node:path";
import { type DatabaseLocation, parseDatabaseUrl } from "../storage/database-url.ts";
import { StorageError } from "../storage/storage-error.ts";

/** Why a text is no value of a setting: what should have stood there. */
export class Unfit {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

/** What a setting's text may be, and what it becomes. */
export interface Kind<T> {
  /** For the documentation. */
  readonly form: string;
  /** `cwd` is what a relative path is relative to. */
  read(text: string, cwd: string): T | Unfit;
}

/** How often something may be done: on average, and at once. */
export type Rate = "off" | { readonly perSecond: number; readonly burst: number };

export const port: Kind<number> = {
  form: "a port, 0 to 65535 (0: any that is free)",
  read: (text) => wholeNumber(text, 0, 65_535) ?? new Unfit("a port (0 to 65535)"),
};

export function count(min: number, max: number): Kind<number> {
  const form = `a whole number, ${min} to ${max}`;
  return { form, read: (text) => wholeNumber(text, min, max) ?? new Unfit(form) };
}

const yes: ReadonlySet<string> = new Set(["true", "1", "yes", "on"]);
const no: ReadonlySet<string> = new Set(["false", "0", "no", "off"]);

export const flag: Kind<boolean> = {
  form: "true or false",
  read: (text) => {
    const folded = text.toLowerCase();
    if (yes.has(folded)) return true;
    return no.has(folded) ? false : new Unfit("true or false");
  },
};

export function choice<const T extends string>(...values: readonly [T, ...T[]]): Kind<T> {
  const form = values.join(", ").replace(/, ([^,]*)$/, " or $1");
  return { form, read: (text) => values.find((value) => value === text) ?? new Unfit(form) };
}

export const filePath: Kind<string> = {
  form: "the path of a file",
  read: (text, cwd) =>
    text === "" || text.includes("\0") ? new Unfit("the path of a file") : path.resolve(cwd, text),
};

export const address: Kind<string> = {
  form: "an IP address of this machine, or localhost",
  read: (text) =>
    text === "localhost" || isIpv4(text) || isIpv6(text)
      ? text
      : new Unfit("an IP address, or localhost"),
};

export const publicUrl: Kind<string> = {
  form: "an address like https://chat.example.org",
  read: (text) => {
    const url = URL.parse(text);
    const isPlain =
      url !== null &&
      (url.protocol === "https:" || url.protocol === "http:") &&
      `${url.username}${url.password}${url.search}${url.hash}` === "";
    return isPlain
      ? url.href.replace(/\/$/, "")
      : new Unfit("an address like https://chat.example.org");
  },
};

export const databaseUrl: Kind<DatabaseLocation> = {
  form: "sqlite:FILE, with ?mode=rwc (made if it is missing) or ?mode=rw",
  read: (text, cwd) => {
    try {
      const location = parseDatabaseUrl(text);
      return { ...location, file: path.resolve(cwd, location.file) };
    } catch (error) {
      if (error instanceof StorageError) return new Unfit(`a database URL (${error.message})`);
      throw error;
    }
  },
};

const periods: Readonly<Record<string, { readonly seconds: number; readonly bursts: number }>> = {
  s: { seconds: 1, bursts: 3 },
  min: { seconds: 60, bursts: 1 },
};
const rateForm = "N/min, N/s or off (N from 1 to 1000000)";

/** `N/min` lets all N come at once; `N/s` lets three seconds' worth. */
export const rate: Kind<Rate> = {
  form: rateForm,
  read: (text) => {
    if (text === "off") return "off";
    const [number = "", unit = "", ...rest] = text.split("/");
    const period = Object.hasOwn(periods, unit) ? periods[unit] : undefined;
    const times = wholeNumber(number, 1, 1_000_000);
    if (period === undefined || times === undefined || rest.length > 0) return new Unfit(rateForm);
    return { perSecond: times / period.seconds, burst: times * period.bursts };
  },
};

const rangeForm = "IP addresses and ranges like 10.0.0.0/8, separated by commas";

export const addressRanges: Kind<readonly AddressRange[]> = {
  form: rangeForm,
  read: (text) => everyItem(text, addressRange) ?? new Unfit(rangeForm),
};

export interface AddressRange {
  readonly address: string;
  /** So many of its first bits belong to the range. */
  readonly prefix: number;
}

function addressRange(text: string): AddressRange | undefined {
  const [first = "", length, ...rest] = text.split("/");
  const bits = isIpv4(first) ? 32 : 128;
  if (rest.length > 0 || !(isIpv4(first) || isIpv6(first))) return undefined;
  const prefix = length === undefined ? bits : wholeNumber(length, 0, bits);
  return prefix === undefined ? undefined : { address: first, prefix };
}

const originsForm = "origins like https://chat.example.org, separated by commas";

/** As browsers write them in the Origin header. */
export const origins: Kind<readonly string[]> = {
  form: originsForm,
  read: (text) => everyItem(text, webOrigin) ?? new Unfit(originsForm),
};

function webOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return isWeb && url.origin === text ? text : undefined;
}

const mostItems = 100;

/** A list read item by item; undefined where one is none. Nothing is the empty list. */
function everyItem<T>(text: string, read: (item: string) => T | undefined): T[] | undefined {
  if (text.trim() === "") return [];
  const items = text.split(",").map((item) => read(item.trim()));
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length && items.length <= mostItems ? known : undefined;
}

const secretBytes = 32;
const sample = /change.?me|secret|sample|your.key|password|0123456789/i;
const fewestCharacters = 8;

/** A key to sign with: long enough, and not what stands in somebody's instructions. */
export const secret: Kind<string> = {
  form: `at least ${secretBytes} bytes, for instance from: openssl rand -base64 48`,
  read: (text) => {
    if (Buffer.byteLength(text) < secretBytes) return new Unfit(`at least ${secretBytes} bytes`);
    const isMadeUp = sample.test(text) || new Set(text).size < fewestCharacters;
    return isMadeUp ? new Unfit("random bytes, not a sample value") : text;
  },
};

/** Whether only this machine can reach what listens there. */
export function isLoopback(bound: string): boolean {
  if (bound === "localhost") return true;
  return isIpv4(bound) ? bound.startsWith("127.") : isIpv6(bound) && hostOf(bound) === "[::1]";
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return (
    parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]+$/i.test(text) && hostOf(text) !== undefined;
}

function hostOf(ipv6: string): string | undefined {
  return URL.parse(`http://[${ipv6}]/`)?.hostname;
}
