import type { Config } from "../config/config.ts";

/** Ctrl-C, what a supervisor sends, and Ctrl-Break on Windows. */
const stopSignals = ["SIGINT", "SIGTERM", "SIGBREAK"] as const;

/** Runs the server until a signal comes; resolves with the exit code. A second signal ends it at once. */
export async function serve(config: Config): Promise<number> {
  const stop = new AbortController();
  let reload: () => void = () => undefined;
  for (const name of stopSignals) process.once(name, () => stop.abort(name));
  // At a terminal it means that the terminal is gone; to a service, that there is something new to read.
  if (process.stdin.isTTY) process.once("SIGHUP", () => stop.abort("SIGHUP"));
  else process.on("SIGHUP", () => reload());
  const { runServer } = await import("../run-server.ts");
  const onReload = (next: () => void) => {
    reload = next;
  };
  return runServer(config, { signal: stop.signal, onReload });
}
