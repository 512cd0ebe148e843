import path from "node:path";
import type { Config } from "./config.ts";
import { keptSecret } from "./kept-secret.ts";

type Known = Pick<Config, "metricsToken" | "database">;

/** Where the token is kept that is made where none is configured. */
export function metricsTokenFile({ database }: Pick<Known, "database">): string {
  return path.join(path.dirname(database.file), "metrics-token");
}

/** What whoever asks for metrics has to show. @throws ConfigError when the kept one is not fit to be used */
export function loadMetricsToken(config: Known): string {
  const file = { path: metricsTokenFile(config), setting: "LAIR_METRICS_TOKEN" };
  return config.metricsToken ?? keptSecret(file, "whoever asks for metrics then needs that one");
}
