import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseFingerprint } from "@lair-chat/protocol/handshake/fingerprint.ts";
import { HandshakeError } from "@lair-chat/protocol/handshake/handshake-error.ts";
import {
  AddressError,
  addressLabel,
  defaultHttpUrl,
  type Endpoint,
  httpAddress,
  isLoopback,
  makeEndpoint,
  parseAddress,
  parseHttpUrl,
  type ServerAddress,
} from "./connection/address.ts";
import { readNoiseKey } from "./connection/server-trust.ts";

/** Everything that can be chosen at the start, checked. */
export interface ClientConfig {
  readonly endpoint: Endpoint;
  readonly trust: TrustConfig;
  /** Where sessions are kept. */
  readonly accountDir: string;
  /** Whose session to go on with; the one used last if not given. */
  readonly user: string | undefined;
  readonly version: string;
  /** False where somebody asked for no colour. */
  readonly isColoured: boolean;
}

/** Whom to believe, beside what is remembered. */
export interface TrustConfig {
  /** PEM, believed beside the usual authorities. */
  readonly ca: string | undefined;
  readonly fingerprint: string | undefined;
  readonly noiseKey: Uint8Array | undefined;
  /** Takes a Noise key that nobody vouches for. */
  readonly isInsecure: boolean;
}

/** As given on the command line. */
export interface ConfigFlags {
  readonly server?: string | undefined;
  readonly httpUrl?: string | undefined;
  readonly websocket?: boolean | undefined;
  readonly noise?: boolean | undefined;
  readonly noiseKey?: string | undefined;
  readonly trustFingerprint?: string | undefined;
  readonly forgetServer?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly accountDir?: string | undefined;
  readonly user?: string | undefined;
}

export interface ConfigSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
  readonly version: string;
}

/** What is wrong with the configuration, all of it at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Where `npm start` puts a server. */
export const DEFAULT_SERVER = "127.0.0.1:8080";

/** One value that cannot be used; the message says what was expected. */
class SettingError extends Error {}

/** The surroundings of this process. */
export function surroundings(version: string): ConfigSurroundings {
  return { env: process.env, platform: process.platform, home: homedir(), version };
}

/** @throws ConfigError */
export function parseConfig(flags: ConfigFlags, around: ConfigSurroundings): ClientConfig {
  const attempts = new Attempts();
  const endpoint = readEndpoint(flags, attempts);
  const trust = readTrust(flags, attempts);
  const user = attempts.make("--user", () => checkUser(flags.user));
  attempts.make("--insecure", () => checkInsecure(flags, endpoint));
  attempts.end();
  if (endpoint === undefined) throw new ConfigError([]);
  const accountDir = accountFolder(flags.accountDir, around);
  const isColoured = (around.env["NO_COLOR"] ?? "") === "" && around.env["TERM"] !== "dumb";
  return { endpoint, trust, accountDir, user, version: around.version, isColoured };
}

/** What `--forget-server` is about. */
export interface ForgetConfig {
  /** HOST:PORT */
  readonly server: string;
  readonly accountDir: string;
}

/** Undefined where nothing is to be forgotten. @throws ConfigError */
export function parseForget(
  flags: ConfigFlags,
  around: ConfigSurroundings,
): ForgetConfig | undefined {
  const { forgetServer } = flags;
  if (forgetServer === undefined) return undefined;
  const attempts = new Attempts();
  const address = attempts.make("--forget-server", () => parseAddress(forgetServer));
  attempts.end();
  if (address === undefined) throw new ConfigError([]);
  return { server: addressLabel(address), accountDir: accountFolder(flags.accountDir, around) };
}

/** Collects what is wrong. */
class Attempts {
  readonly #problems: string[] = [];

  make<T>(name: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const isExpected = error instanceof AddressError || error instanceof SettingError;
      if (!isExpected) throw error;
      this.#problems.push(`${name}: ${error.message}.`);
      return undefined;
    }
  }

  /** @throws ConfigError */
  end(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}

function readEndpoint(flags: ConfigFlags, attempts: Attempts): Endpoint | undefined {
  const { httpUrl: givenUrl, server } = flags;
  const address = attempts.make("--server", () => parseAddress(server ?? DEFAULT_SERVER));
  const httpUrl = attempts.make("--http-url", () =>
    givenUrl === undefined ? address && defaultHttpUrl(address) : parseHttpUrl(givenUrl),
  );
  const isWebSocket = flags.websocket === true;
  const isNoise = flags.noise === true || flags.noiseKey !== undefined;
  attempts.make("--websocket", () => checkCarrier(isWebSocket, isNoise));
  if (address === undefined || httpUrl === undefined) return undefined;
  // Without a chat port in play the server is the one that answers HTTP.
  const name: ServerAddress = isWebSocket && server === undefined ? httpAddress(httpUrl) : address;
  return attempts.make("--http-url", () => makeEndpoint(name, httpUrl, { isWebSocket, isNoise }));
}

function checkCarrier(isWebSocket: boolean, isNoise: boolean): void {
  if (!(isWebSocket && isNoise)) return;
  throw new SettingError(
    "the Noise channel is for the chat port: leave --noise and --noise-key out",
  );
}

function readTrust(flags: ConfigFlags, attempts: Attempts): TrustConfig {
  return {
    ca: attempts.make("--ca", () => readCa(flags.ca)),
    fingerprint: attempts.make("--trust-fingerprint", () =>
      readKey(parseFingerprint, flags.trustFingerprint),
    ),
    noiseKey: attempts.make("--noise-key", () => readKey(readNoiseKey, flags.noiseKey)),
    isInsecure: flags.insecure === true,
  };
}

function readKey<T>(read: (text: string) => T, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return read(text);
  } catch (cause) {
    if (!(cause instanceof HandshakeError)) throw cause;
    throw new SettingError(cause.message, { cause });
  }
}

/** A certificate over the network is never taken unseen: the client shows it and asks. */
function checkInsecure({ insecure }: ConfigFlags, endpoint: Endpoint | undefined): void {
  if (insecure !== true || endpoint === undefined || endpoint.carrier === "noise") return;
  const { address, httpUrl, carrier } = endpoint;
  const host = carrier === "websocket" ? httpUrl.hostname : address.host;
  if (isLoopback(host)) return;
  throw new SettingError(
    `the certificate of ${host} is not taken unseen. Leave it out: an unknown certificate is shown, and you are asked`,
  );
}

function readCa(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SettingError(`the file ${path} cannot be read`, { cause });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new SettingError(`the file ${path} holds no certificate in PEM form`);
}

function checkUser(user: string | undefined): string | undefined {
  if (user === undefined || /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(user)) return user;
  throw new SettingError(`expected a user name, got "${user}"`);
}

function accountFolder(given: string | undefined, around: ConfigSurroundings): string {
  const { env, platform, home } = around;
  const chosen = given ?? env["LAIR_CLIENT_DIR"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const base = platform === "win32" ? env["APPDATA"] : env["XDG_CONFIG_HOME"];
  const usual = platform === "win32" ? join(home, "AppData", "Roaming") : join(home, ".config");
  return join(base === undefined || base === "" ? usual : base, "lair-chat");
}
