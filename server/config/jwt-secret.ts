import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type KeptFile, readKept, writeKept } from "./kept-file.ts";
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

function jwtSecretFile(databaseFile: string): KeptFile {
  return { path: path.join(path.dirname(databaseFile), "jwt-secret"), setting: name };
}

function keptSecret(file: KeptFile): string {
  const kept = readKept(file);
  if (kept !== undefined) return checked(file, kept);
  const made = `${randomBytes(48).toString("base64url")}\n`;
  writeKept(file, made);
  return checked(file, made);
}

function checked(file: KeptFile, content: string): string {
  const text = content.trim();
  const fit = secret.read(text, "");
  if (!(fit instanceof Unfit)) return text;
  throw new ConfigError([
    `${name}: expected ${fit.expected} in ${file.path}, got ${Buffer.byteLength(text)} bytes. ` +
      "Delete the file to have a new one made; everybody then signs in again",
  ]);
}
