import path from "node:path";
import type { Config } from "./config.ts";
import { keptSecret } from "./kept-secret.ts";

/**
 * The key that access tokens are signed with: the configured one, else the one kept beside the
 * database, which is made on first run. To be called by the one process that holds the instance lock.
 * @throws ConfigError when the kept one is not fit to be used
 */
export function loadJwtSecret({
  jwtSecret,
  database,
}: Pick<Config, "jwtSecret" | "database">): Uint8Array<ArrayBuffer> {
  const kept = () => {
    const file = path.join(path.dirname(database.file), "jwt-secret");
    return keptSecret({ path: file, setting: "LAIR_JWT_SECRET" }, "everybody then signs in again");
  };
  return new TextEncoder().encode(jwtSecret ?? kept());
}
