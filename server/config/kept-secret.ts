import { randomBytes } from "node:crypto";
import { ConfigError } from "./config-error.ts";
import { type KeptFile, readKept, writeKept } from "./kept-file.ts";
import { secret, Unfit } from "./setting-kinds.ts";

/** What a file keeps for a setting that is a secret; made where there is none. @throws ConfigError when it is not fit to be used */
export function keptSecret(file: KeptFile, afterwards: string): string {
  const kept = readKept(file);
  if (kept !== undefined) return checked(file, kept, afterwards);
  const made = `${randomBytes(48).toString("base64url")}\n`;
  writeKept(file, made);
  return checked(file, made, afterwards);
}

/** `afterwards` says what else happens when the file is deleted. */
function checked(file: KeptFile, content: string, afterwards: string): string {
  const text = content.trim();
  const fit = secret.read(text, "");
  if (!(fit instanceof Unfit)) return text;
  throw new ConfigError([
    `${file.setting}: expected ${fit.expected} in ${file.path}, got ${Buffer.byteLength(text)} bytes. ` +
      `Delete the file to have a new one made; ${afterwards}`,
  ]);
}
