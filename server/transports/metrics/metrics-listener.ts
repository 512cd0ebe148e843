import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import { type BoundAddress, bind } from "../bind.ts";

export interface MetricsListenerOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** What whoever asks has to know. */
  readonly token: string;
}

export interface MetricsListenerDeps {
  /** What is told, as text of Prometheus. */
  readonly text: () => string;
  readonly log: Pick<ConnectionLog, "error">;
}

/** Never anything else: whoever wants to ask from another machine brings a tunnel or a proxy of their own. */
export const metricsHost = "127.0.0.1";

const metricsUrl = "/metrics";
const contentType = "text/plain; version=0.0.4; charset=utf-8";
/** Few ask, and none of them may hold many sockets or hold one for long. */
const maxConnections = 16;
const serverOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/**
 * Tells measurements to those who watch the server, on a port of its own that only this machine can
 * reach, and to nobody without the token. @throws the system's error when the port can't be had
 */
export async function listenMetrics(
  { port, token }: MetricsListenerOptions,
  deps: MetricsListenerDeps,
): Promise<BoundAddress & AsyncDisposable> {
  const expected = digestOf(`Bearer ${token}`);
  const server = createServer(serverOptions, (request, response) => {
    const isRight = timingSafeEqual(digestOf(request.headers.authorization ?? ""), expected);
    answer(request, response, isRight ? deps : undefined);
  });
  server.maxConnections = maxConnections;
  server.setTimeout(serverOptions.requestTimeout);
  const bound = await bind(server, { host: metricsHost, port });
  server.on("error", (error) => deps.log.error({ err: error }, "the metrics port has a fault"));
  return {
    ...bound,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of equal length whatever it is made of. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Without `deps` whoever asks may not know anything, also not what there is. */
function answer(
  { method = "", url = "" }: IncomingMessage,
  response: ServerResponse,
  deps: MetricsListenerDeps | undefined,
): void {
  response.setHeader("cache-control", "no-store");
  if (deps === undefined) {
    response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    return;
  }
  if (url.split("?", 1)[0] !== metricsUrl) {
    response.writeHead(404).end();
    return;
  }
  if (method !== "GET" && method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  try {
    const text = deps.text();
    response.writeHead(200, { "content-type": contentType }).end(text);
  } catch (error) {
    deps.log.error({ err: error }, "the metrics could not be read");
    response.writeHead(500).end();
  }
}
