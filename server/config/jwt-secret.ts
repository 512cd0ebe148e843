import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { secret, Unfit } from "./setting-kinds.ts";

const name = "LAIR_JWT_SECRET";

/**
 * The key that access tokens are signed with: the configured one, else the one kept beside the
 * database, which is made on first run. To be called by the one process that holds the instance lock.
 * @throws ConfigError when the kept one is not fit to be used
 */
export function loadJwtSecret(
  config: Pick<Config, "jwtSecret" | "database">,
): Uint8Array<ArrayBuffer> {
  const text = config.jwtSecret ?? keptSecret(jwtSecretFile(config.database.file));
  return new TextEncoder().encode(text);
}

function jwtSecretFile(databaseFile: string): string {
  return path.join(path.dirname(databaseFile), "jwt-secret");
}

function keptSecret(file: string): string {
  const kept = readIfThere(file);
  if (kept !== undefined) return checked(file, kept);
  makeSecret(file);
  return checked(file, readFileSync(file, "utf8"));
}

/** Written whole before it has its name: what is found under the name is never half a secret. */
function makeSecret(file: string): void {
  const draft = `${file}.${process.pid}.new`;
  rmSync(draft, { force: true });
  try {
    writeFileSync(draft, `${randomBytes(48).toString("base64url")}\n`, {
      flag: "wx",
      mode: 0o600,
      flush: true,
    });
    linkSync(draft, file);
  } catch (cause) {
    throw new ConfigError([`${name}: cannot be kept in ${file} (${String(cause)})`], { cause });
  } finally {
    rmSync(draft, { force: true });
  }
}

function readIfThere(file: string): string | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError([`${name}: cannot be read from ${file} (${String(cause)})`], { cause });
  }
}

function checked(file: string, content: string): string {
  const mode = statSync(file).mode & 0o777;
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, "0");
    throw new ConfigError([
      `${name}: ${file} can be read by others (mode ${shown}). Say: chmod 600 ${file}`,
    ]);
  }
  const text = content.trim();
  const fit = secret.read(text, "");
  if (!(fit instanceof Unfit)) return text;
  throw new ConfigError([
    `${name}: expected ${fit.expected} in ${file}, got ${Buffer.byteLength(text)} bytes. ` +
      "Delete the file to have a new one made; everybody then signs in again",
  ]);
}
