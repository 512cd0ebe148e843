import { networkInterfaces } from "node:os";
import { type App, startApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import { metricsTokenFile } from "./config/metrics-token.ts";
import { isLoopback } from "./config/setting-kinds.ts";
import { createLogger } from "./observability/logger.ts";
import { stderrSink, usualFormat } from "./observability/stderr-sink.ts";
import packageInfo from "./package.json" with { type: "json" };
import type { FatalFault } from "./storage/writer-client.ts";
import type { BoundAddress } from "./transports/bind.ts";

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
  // Asked for in any case: it also makes a pipe one that says when it is full, instead of holding us up.
  const isTerminal = process.stderr.isTTY;
  const format = config.logFormat ?? usualFormat(isTerminal);
  const log = createLogger({ level: config.logLevel, format, sink: stderrSink() });
  // Also while it starts or stops: what was being written is then neither stored nor refused, so that
  // nobody may be answered any more, and nothing that waits for it will ever go on.
  const onFatal = ({ exitCode }: FatalFault) => {
    log.flush();
    process.exit(exitCode);
  };
  const app = await startApp(config, { log, onFatal });
  onReload(() => app.reloadTls());
  greet(app, config);
  await aborted(signal);
  log.info({ signal: String(signal.reason) }, "stopping");
  await app.drain(drainMs);
  await app[Symbol.asyncDispose]();
  log.info({}, "stopped");
  log.flush();
  return 0;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Says on the terminal where it listens and how to join. Not a log: the setup token stands in it once. */
function greet(app: App, config: Config): void {
  const { tcp, http, tlsFingerprint, noiseKey, setupToken } = app;
  const scheme = config.tls === undefined ? "http" : "https";
  const host = reachableHost(config.bindAddress);
  const lines = [
    `Lair Chat ${packageInfo.version}`,
    `  chat      ${hostPort(tcp.address, tcp.port)} (${channelName(app, config)})`,
    `  HTTP      ${scheme}://${hostPort(http.address, http.port)}`,
    ...(tlsFingerprint === undefined ? [] : [tlsLine(config, tlsFingerprint)]),
    ...(noiseKey === undefined ? [] : [`  chat key  ${noiseKey.key} (${noiseKey.fingerprint})`]),
    ...(app.metrics === undefined ? [] : [metricsLine(app.metrics, config)]),
    `  database  ${config.database.file}`,
    `Join with:  npx lair-chat-client${joinFlags(host, tcp.port, `${scheme}://${hostPort(host, http.port)}`)}${trustFlag(app, config)}`,
    ...(config.registration === "invite" ? [inviteLine] : []),
    ...(setupToken === undefined ? [] : setupLines(setupToken)),
    "Ready. Ctrl-C stops it.",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

const inviteLine =
  "New accounts need an invite: an administrator's client makes them, or, while the server is stopped, lair-chat-server invite create.";

function channelName({ noiseKey }: App, { tls }: Config): string {
  if (tls !== undefined) return "TLS";
  return noiseKey === undefined ? "plaintext" : "Noise";
}

function tlsLine({ tls }: Config, fingerprint: string): string {
  const hint = tls === "self-signed" ? " (self-signed: clients ask whether it is this one)" : "";
  return `  TLS key   ${fingerprint}${hint}`;
}

function metricsLine({ address, port }: BoundAddress, config: Config): string {
  const token = config.metricsToken === undefined ? ` (token in ${metricsTokenFile(config)})` : "";
  return `  metrics   http://${hostPort(address, port)}/metrics${token}`;
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

/** What spares a client from another machine the question whether this is the right server. */
function trustFlag({ tlsFingerprint, noiseKey }: App, { tls, bindAddress }: Config): string {
  if (tls === "self-signed" && tlsFingerprint !== undefined) {
    return ` --trust-fingerprint ${tlsFingerprint}`;
  }
  if (noiseKey === undefined || isLoopback(bindAddress)) return "";
  return ` --noise-key ${noiseKey.key}`;
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
