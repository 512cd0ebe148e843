import type { Config } from "../config/config.ts";

/** Ctrl-C, what a supervisor sends, and Ctrl-Break on Windows. */
const stopSignals = ["SIGINT", "SIGTERM", "SIGBREAK"] as const;

/** Runs the server until a signal comes; resolves with the exit code. A second signal ends it at once. */
export async function serve(config: Config): Promise<number> {
  const stop = new AbortController();
  let reload: () => void = () => undefined;
  // At a terminal SIGHUP means that it is gone; to a service, that there is something new to read.
  const isAtTerminal = process.stdin.isTTY === true;
  stopAtFirst(isAtTerminal ? [...stopSignals, "SIGHUP"] : stopSignals, stop);
  if (!isAtTerminal) process.on("SIGHUP", () => reload());
  const { runServer } = await import("../run-server.ts");
  const onReload = (next: () => void) => {
    reload = next;
  };
  return runServer(config, { signal: stop.signal, onReload });
}

/** The next signal then does what it does to a process that does not listen, whichever of them it is. */
function stopAtFirst(signals: readonly NodeJS.Signals[], stop: AbortController): void {
  const onSignal = (name: NodeJS.Signals) => {
    for (const signal of signals) process.off(signal, onSignal);
    stop.abort(name);
  };
  for (const signal of signals) process.on(signal, onSignal);
}
