import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { type App, startApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import { createLogger } from "./observability/logger.ts";
import { stderrSink, usualFormat } from "./observability/stderr-sink.ts";
import packageInfo from "./package.json" with { type: "json" };
import type { FatalFault } from "./storage/writer-client.ts";

/** Clients have this long to take their last answers when the server goes. */
const drainMs = 10_000;

export interface RunOptions {
  /** Stops the server. */
  readonly signal: AbortSignal;
  /** Is given what to call when settings kept in files may have changed. */
  readonly onReload: (reload: () => void) => void;
}

/** Runs the server until `signal`, or until its database fails. Resolves with the exit code. */
export async function runServer(config: Config, { signal, onReload }: RunOptions): Promise<number> {
  const format = config.logFormat ?? usualFormat(process.stderr.isTTY);
  const log = createLogger({ level: config.logLevel, format, sink: stderrSink() });
  const fatal = Promise.withResolvers<FatalFault>();
  const app = await startApp(config, { log, onFatal: fatal.resolve });
  onReload(() => app.reloadTls());
  greet(app, config);
  const fault = await Promise.race([fatal.promise, aborted(signal)]);
  if (fault !== undefined) {
    // What was being written is neither stored nor refused: nobody may be answered any more.
    log.flush();
    process.exit(fault.exitCode);
  }
  log.info({ signal: String(signal.reason) }, "stopping");
  await app.drain(drainMs);
  await app[Symbol.asyncDispose]();
  log.info({}, "stopped");
  log.flush();
  return 0;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Says on the terminal where it listens and how to join. Not a log: the setup token stands in it once. */
function greet({ tcp, http, tlsFingerprint, setupToken }: App, config: Config): void {
  const scheme = config.tls === undefined ? "http" : "https";
  const host = reachableHost(config.bindAddress);
  const lines = [
    `Lair Chat ${packageInfo.version}`,
    `  chat      ${hostPort(tcp.address, tcp.port)} (${config.tls === undefined ? "plaintext" : "TLS"})`,
    `  HTTP      ${scheme}://${hostPort(http.address, http.port)}`,
    ...(tlsFingerprint === undefined ? [] : [tlsLine(config, tlsFingerprint)]),
    `  database  ${config.database.file}`,
    `Join with:  npx lair-chat-client${joinFlags(host, tcp.port, `${scheme}://${hostPort(host, http.port)}`)}${caFlag(config)}`,
    ...(setupToken === undefined ? [] : setupLines(setupToken)),
    "Ready. Ctrl-C stops it.",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function tlsLine({ tls }: Config, fingerprint: string): string {
  const hint =
    tls === "self-signed" ? " (self-signed: clients need a copy of tls-cert.pem, see below)" : "";
  return `  TLS key   ${fingerprint}${hint}`;
}

function setupLines(token: string): string[] {
  return [
    "There is no administrator yet. Whoever makes an account with this setup token becomes the first:",
    `  ${token}`,
  ];
}

/** The client's own defaults need not be said. */
function joinFlags(host: string, port: number, httpUrl: string): string {
  if (host === "127.0.0.1" && port === 8080 && httpUrl === "http://127.0.0.1:8082") return "";
  return ` --server ${hostPort(host, port)} --http-url ${httpUrl}`;
}

/** A client trusts a certificate nobody has signed only when it is given it. */
function caFlag({ tls, database }: Config): string {
  return tls === "self-signed" ? ` --ca ${join(dirname(database.file), "tls-cert.pem")}` : "";
}

function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address that others can use, where we listen on all of them. */
function reachableHost(bound: string): string {
  if (bound !== "0.0.0.0" && bound !== "::") return bound;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  return outside?.address ?? "127.0.0.1";
}
