import type { Config } from "../config/config.ts";

/** Ctrl-C, what a supervisor sends, the end of the terminal, and Ctrl-Break on Windows. */
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

/** Runs the server until a signal comes; resolves with the exit code. A second signal ends it at once. */
export async function serve(config: Config): Promise<number> {
  const stop = new AbortController();
  for (const name of stopSignals) process.once(name, () => stop.abort(name));
  const { runServer } = await import("../run-server.ts");
  return runServer(config, { signal: stop.signal });
}
