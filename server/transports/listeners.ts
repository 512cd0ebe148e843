import type { RateLimits } from "../cluster/rate-limits.ts";
import type { Dispatch } from "../commands/dispatch.ts";
import type { Config } from "../config/config.ts";
import type { TlsMaterial } from "../config/tls-files.ts";
import { Admission } from "../connections/admission.ts";
import type { ConnectionLimits } from "../connections/connection-limits.ts";
import type { Connections } from "../connections/connections.ts";
import type { SealingOffer } from "../connections/sealing-offer.ts";
import type { Logger } from "../observability/logger.ts";
import packageInfo from "../package.json" with { type: "json" };
import type { CertificatePair } from "../security/certificate-pair.ts";
import { type BoundAddress, ListenError } from "./bind.ts";
import { type IsTrusted, trustedIn } from "./client-address.ts";
import type { CallerDeps } from "./http/caller.ts";
import type { Readiness } from "./http/health.ts";
import { type HttpListener, type HttpListenerDeps, listenHttp } from "./http/http-listener.ts";
import type { PublishedNoiseKey } from "./http/noise-key-route.ts";
import { InboundBudget } from "./tcp/inbound-budget.ts";
import { listenTcp, type TcpListener } from "./tcp/tcp-listener.ts";
import { TlsReload } from "./tls-reload.ts";
import { createWebSockets } from "./websocket/websocket-upgrades.ts";

export interface ListenersDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly limits: ConnectionLimits;
  readonly connections: Connections;
  readonly dispatch: Dispatch;
  readonly rateLimits: RateLimits;
  readonly authenticateToken: CallerDeps["authenticateToken"];
  readonly checkReady: () => Promise<Readiness>;
  /** Without it both ports are plaintext. */
  readonly tls: TlsMaterial | undefined;
  /** How a plaintext chat port can be sealed by its clients. */
  readonly sealing: SealingOffer | undefined;
  readonly noiseKey: PublishedNoiseKey | undefined;
  readonly now: () => number;
  readonly onError: NonNullable<HttpListenerDeps["onError"]>;
}

export interface Listeners extends AsyncDisposable {
  readonly tcp: BoundAddress;
  readonly http: BoundAddress;
  /** Of the certificate's key as it was at the start; undefined without TLS. */
  readonly tlsFingerprint: string | undefined;
  stats(): ListenersStats;
  /** Looks for another certificate now. */
  reloadTls(): void;
  /** Lets nobody in any more; resolves when HTTP requests are answered, or cut after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

/** What both ports hold. */
export interface ListenersStats {
  /** Sockets that were let in, those of HTTP included, and the addresses they come from. */
  readonly sockets: number;
  readonly addresses: number;
  /** Bytes of frames that have not come whole. */
  readonly inboundBytes: number;
  readonly inboundBytesLimit: number;
  /** Bytes of HTTP replies that their readers have not taken. */
  readonly replyBytes: number;
  readonly replyBytesLimit: number;
}

/** Bytes of unfinished frames that all connections together may hold. */
const inboundBytes = 64 * 1024 * 1024;

interface Shared {
  /** One for both ports: an address has its connections once, however it spreads them. */
  readonly admission: Admission;
  readonly inbound: InboundBudget;
  readonly isTrusted: IsTrusted;
}

/** Opens the chat port and the port of HTTP and WebSocket. @throws ListenError */
export async function openListeners(deps: ListenersDeps): Promise<Listeners> {
  await using stack = new AsyncDisposableStack();
  const shared = {
    admission: new Admission(deps.limits),
    inbound: new InboundBudget(inboundBytes),
    isTrusted: trustedIn(deps.config.trustedProxies),
  };
  const tcp = stack.use(await named(deps, "tcpPort", openTcp(deps, shared)));
  const http = stack.adopt(await named(deps, "httpPort", openHttp(deps, shared)), (listener) =>
    listener.close(0),
  );
  const reload = watchTls(deps, [tcp, http]);
  if (reload !== undefined) stack.use(reload);
  const owned = stack.move();
  return {
    tcp,
    http,
    tlsFingerprint: deps.tls?.pair.fingerprint,
    stats: () => statsOf(shared, http),
    reloadTls: () => reload?.reload(),
    async close(deadlineMs) {
      tcp.stopAccepting();
      await http.close(deadlineMs);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function statsOf(
  { admission, inbound }: Shared,
  http: Pick<HttpListener, "heldReplies">,
): ListenersStats {
  const replies = http.heldReplies();
  return {
    sockets: admission.open,
    addresses: admission.addresses,
    inboundBytes: inbound.heldBytes,
    inboundBytesLimit: inboundBytes,
    replyBytes: replies.bytes,
    replyBytesLimit: replies.limit,
  };
}

/** @throws ListenError by the name of the setting that says where */
async function named<T>(
  { config }: Pick<ListenersDeps, "config">,
  port: "tcpPort" | "httpPort",
  opening: Promise<T>,
): Promise<T> {
  try {
    return await opening;
  } catch (cause) {
    const setting = port === "tcpPort" ? "LAIR_TCP_PORT" : "LAIR_HTTP_PORT";
    throw new ListenError({ setting, host: config.bindAddress, port: config[port] }, { cause });
  }
}

function openTcp(
  deps: ListenersDeps,
  { admission, inbound, isTrusted }: Shared,
): Promise<TcpListener> {
  const { config, log, limits, connections, tls, sealing } = deps;
  return listenTcp(
    { host: config.bindAddress, port: config.tcpPort, tls: tls?.pair },
    {
      connections,
      admission,
      inbound,
      isProxy: config.proxyProtocol ? isTrusted : undefined,
      limits,
      log,
      sealing,
    },
  );
}

function openHttp(deps: ListenersDeps, shared: Shared): Promise<HttpListener> {
  const { config, log, limits, dispatch, rateLimits, authenticateToken, checkReady, tls } = deps;
  const { admission, isTrusted } = shared;
  const upgrades = createWebSockets({
    ...shared,
    connections: deps.connections,
    limits,
    log,
    origins: { allowed: allowedOrigins(config) },
    takesQueryToken: config.wsQueryToken,
  });
  return listenHttp(
    { host: config.bindAddress, port: config.httpPort, tls: tls?.pair },
    {
      dispatch,
      rateLimits,
      isTrusted,
      upgrades,
      admission,
      log,
      checkReady,
      version: packageInfo.version,
      authenticateToken,
      noiseKey: deps.noiseKey,
      onError: deps.onError,
    },
  );
}

function allowedOrigins({ publicUrl, wsAllowedOrigins }: Config): readonly string[] {
  return publicUrl === undefined
    ? wsAllowedOrigins
    : [new URL(publicUrl).origin, ...wsAllowedOrigins];
}

function watchTls(
  { tls, log, now }: ListenersDeps,
  ports: readonly Pick<TcpListener | HttpListener, "setTlsKeys">[],
): TlsReload | undefined {
  if (tls === undefined) return undefined;
  if (now() > tls.pair.validTo) log.warn({}, "the certificate's time is over: clients refuse it");
  const apply = (pair: CertificatePair) => {
    for (const port of ports) port.setTlsKeys(pair);
  };
  return new TlsReload(tls.pair, { files: tls.files, apply, now, log });
}
