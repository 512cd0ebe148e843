import { Admission } from "../../../connections/admission.ts";
import { SmallServer, type SmallServerOptions } from "../../../connections/test/small-server.ts";
import { WireClient } from "../../../test/wire-client.ts";
import { type AddressRange, trustedIn } from "../../client-address.ts";
import { type HttpListener, listenHttp } from "../../http/http-listener.ts";
import type { TlsKeys } from "../../tls-keys.ts";
import { createWebSockets, type WebSocketDeps } from "../websocket-upgrades.ts";

export interface SmallWebSocketOptions
  extends SmallServerOptions,
    Partial<Pick<WebSocketDeps, "origins" | "takesQueryToken">> {
  readonly trusted?: readonly AddressRange[];
  readonly httpTls?: TlsKeys;
}

export interface SmallWebSocketServer extends AsyncDisposable {
  /** What is behind it, with a TCP port of its own. */
  readonly server: SmallServer;
  readonly http: HttpListener;
  readonly admission: Admission;
  connect(query?: string, headers?: Readonly<Record<string, string>>): Promise<WireClient>;
  signedIn(name: string, features?: readonly string[]): Promise<WireClient>;
}

/** The small server's connections on the HTTP port. */
export async function startSmallWebSocket(
  options: SmallWebSocketOptions = {},
): Promise<SmallWebSocketServer> {
  const server = await SmallServer.start(options);
  const { limits, inbound, connections } = server;
  const admission = new Admission(limits);
  const isTrusted = trustedIn(options.trusted ?? []);
  const log = server.logger();
  const upgrades = createWebSockets({
    connections,
    admission,
    inbound,
    limits,
    isTrusted,
    log,
    origins: options.origins ?? { allowed: [] },
    takesQueryToken: options.takesQueryToken ?? true,
  });
  const unused = () => Promise.reject(new Error("no commands over HTTP here"));
  const http = await listenHttp(
    { host: "127.0.0.1", port: 0, tls: options.httpTls },
    {
      dispatch: unused,
      authenticateToken: unused,
      rateLimits: { take: () => undefined, standing: () => undefined },
      version: "1.2.3",
      checkReady: async () => ({ ready: true, checks: {} }),
      admission,
      isTrusted,
      upgrades,
      log,
    },
  );
  const connect = (query = "", headers: Readonly<Record<string, string>> = {}) =>
    WireClient.connectWebSocket({
      port: http.port,
      path: `/ws${query}`,
      headers,
      isSecure: options.httpTls !== undefined,
    });
  return {
    server,
    http,
    admission,
    connect,
    async signedIn(name, features) {
      const client = await connect();
      await client.hello(features);
      await client.call("authenticate", { token: name });
      return client;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await http.close(0);
    },
  };
}
