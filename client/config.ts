import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import {
  AddressError,
  defaultHttpUrl,
  type Endpoint,
  makeEndpoint,
  parseAddress,
  parseHttpUrl,
} from "./connection/address.ts";

/** Everything that can be chosen at the start, checked. */
export interface ClientConfig {
  readonly endpoint: Endpoint;
  /** Where sessions are kept. */
  readonly accountDir: string;
  /** Whose session to go on with; the one used last if not given. */
  readonly user: string | undefined;
  readonly version: string;
  /** False where somebody asked for no colour. */
  readonly isColoured: boolean;
}

/** As given on the command line. */
export interface ConfigFlags {
  readonly server?: string | undefined;
  readonly httpUrl?: string | undefined;
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
  const problems: string[] = [];
  const attempt = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof AddressError || error instanceof SettingError)) throw error;
      problems.push(`${name}: ${error.message}.`);
      return undefined;
    }
  };
  const address = attempt("--server", () => parseAddress(flags.server ?? DEFAULT_SERVER));
  const { httpUrl: givenUrl } = flags;
  const httpUrl = attempt("--http-url", () =>
    givenUrl === undefined ? address && defaultHttpUrl(address) : parseHttpUrl(givenUrl),
  );
  const ca = attempt("--ca", () => readCa(flags.ca));
  const endpoint =
    address &&
    httpUrl &&
    attempt("--http-url", () =>
      makeEndpoint(address, httpUrl, { insecure: flags.insecure === true, ca }),
    );
  const user = attempt("--user", () => checkUser(flags.user));
  if (endpoint === undefined || problems.length > 0) throw new ConfigError(problems);
  const accountDir = accountFolder(flags.accountDir, around);
  const isColoured = (around.env["NO_COLOR"] ?? "") === "" && around.env["TERM"] !== "dumb";
  return { endpoint, accountDir, user, version: around.version, isColoured };
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
