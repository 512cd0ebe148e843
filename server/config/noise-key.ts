import path from "node:path";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { KEY_BYTES, type KeyPair } from "@lair-chat/protocol/handshake/primitives.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type KeptFile, readKeptBytes, writeKept } from "./kept-file.ts";

/**
 * The key that clients know the server by where its chat port speaks plaintext: kept beside the
 * database, and made on first run. Undefined where it is not used: with TLS, or switched off. To be
 * called by the one process that holds the instance lock.
 * @throws ConfigError when the kept one is not fit to be used
 */
export function loadNoiseKey(
  config: Pick<Config, "noise" | "tls" | "database">,
): KeyPair | undefined {
  if (!config.noise || config.tls !== undefined) return undefined;
  const secretKey = keptKey({
    path: path.join(path.dirname(config.database.file), "noise-key"),
    setting: "LAIR_NOISE",
  });
  return { secretKey, publicKey: nodePrimitives.publicKeyOf(secretKey) };
}

function keptKey(file: KeptFile): Uint8Array {
  const kept = readKeptBytes(file);
  if (kept !== undefined) return checked(file, kept);
  const { secretKey } = nodePrimitives.generateKeyPair();
  writeKept(file, secretKey);
  return secretKey;
}

function checked({ path: file, setting }: KeptFile, kept: Buffer): Uint8Array {
  // What a machine that lost power may leave behind.
  const isBlank = kept.every((byte) => byte === 0);
  if (kept.length === KEY_BYTES && !isBlank) return Uint8Array.from(kept);
  const found = kept.length === KEY_BYTES ? "only zeros" : `${kept.length} bytes`;
  throw new ConfigError([
    `${setting}: expected a key of ${KEY_BYTES} bytes in ${file}, got ${found}. Put a copy of it back, ` +
      "or delete the file to have a new one made; clients then warn that the server's key has changed",
  ]);
}
