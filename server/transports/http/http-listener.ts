import type { Server } from "node:http";
import { ChatError, type ErrorCode } from "@lair-chat/protocol/errors.ts";
import { limits as wireLimits } from "@lair-chat/protocol/limits.ts";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { readJson } from "../../connections/read-payload.ts";
import type { BoundAddress } from "../bind.ts";
import type { TlsKeys } from "../tls-keys.ts";
import { addDocsRoutes } from "./docs-routes.ts";
import { asChatError, errorReply } from "./error-reply.ts";
import { addHealthRoutes, type HealthDeps } from "./health.ts";
import {
  answerClientError,
  createHttpServer,
  type HttpServerDeps,
  setTlsKeys,
} from "./http-server.ts";
import { addNoiseKeyRoute, type NoiseKeyDeps } from "./noise-key-route.ts";
import { ReplyBudget, type ReplyLimits, replyLimits } from "./reply-budget.ts";
import { addCommandRoutes, type RouteDeps } from "./routes.ts";

export interface HttpListenerOptions {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Without it the port speaks plaintext. */
  readonly tls?: TlsKeys | undefined;
}

export interface HttpListenerDeps extends HttpServerDeps, RouteDeps, HealthDeps, NoiseKeyDeps {
  readonly log: HttpServerDeps["log"];
  readonly replies?: Partial<ReplyLimits>;
  /** Told of every error that a client is told of. */
  readonly onError?: (code: ErrorCode) => void;
}

export interface HttpListener extends BoundAddress {
  /** Bytes of replies that their readers have not taken, and the most there may be. */
  heldReplies(): { readonly bytes: number; readonly limit: number };
  /** Handshakes from now on are done with these; where there is no TLS it does nothing. */
  setTlsKeys(keys: TlsKeys): void;
  /** Stops accepting and answers what was asked; whoever is not done after `deadlineMs` is cut. */
  close(deadlineMs: number): Promise<void>;
}

/** Listens for the HTTP API. @throws the system's error when the address can't be had */
export async function listenHttp(
  options: HttpListenerOptions,
  deps: HttpListenerDeps,
): Promise<HttpListener> {
  const app = createApp(options, deps);
  const limits = { ...replyLimits, ...deps.replies };
  app.server.setTimeout(limits.stallMs);
  const budget = new ReplyBudget(limits);
  boundReplies(app, budget);
  let isClosing = false;
  app.addHook("onSend", async (_request, reply) => {
    // A connection kept alive would hold up the end.
    if (isClosing) reply.header("connection", "close");
  });
  await app.listen({ host: options.host, port: options.port });
  const server: Server = app.server;
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not bound to an IP address");
  server.on("error", (error) => deps.log.error({ err: error }, "the HTTP port has a fault"));
  return {
    address: bound.address,
    port: bound.port,
    heldReplies: () => ({ bytes: budget.heldBytes, limit: limits.maxBytes }),
    setTlsKeys: (keys) => setTlsKeys(server, keys),
    async close(deadlineMs) {
      isClosing = true;
      const timer = setTimeout(() => {
        server.closeAllConnections();
        deps.upgrades?.destroyAll();
      }, deadlineMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}

function createApp({ tls }: HttpListenerOptions, deps: HttpListenerDeps): FastifyInstance {
  const app = Fastify({
    serverFactory: (listener) => createHttpServer(tls, listener, deps),
    bodyLimit: wireLimits.httpBodyBytes,
    trustProxy: false,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _request, reply) => sendError(error, reply, deps),
  });
  acceptJsonOnly(app);
  app.setErrorHandler((error, _request, reply) => sendError(error, reply, deps));
  app.setNotFoundHandler((_request, reply) => sendError(new ChatError("not_found"), reply, deps));
  addHealthRoutes(app, deps);
  addNoiseKeyRoute(app, deps);
  addDocsRoutes(app, deps);
  addCommandRoutes(app, deps);
  return app;
}

function boundReplies(app: FastifyInstance, budget: ReplyBudget): void {
  app.addHook("onSend", async (_request, reply, payload) => {
    const bytes = typeof payload === "string" ? Buffer.byteLength(payload) : lengthOf(payload);
    if (!budget.take(reply.raw, bytes)) throw new ChatError("busy");
  });
}

function lengthOf(payload: unknown): number {
  return payload instanceof Uint8Array ? payload.byteLength : 0;
}

/** The same reader of JSON as for frames, with its bounds. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) =>
      body.length === 0 ? {} : readJson(body, wireLimits),
  );
}

function sendError(
  cause: unknown,
  reply: FastifyReply,
  { log, onError }: Pick<HttpListenerDeps, "log" | "onError">,
) {
  const error = asChatError(cause);
  onError?.(error.code);
  if (error.code === "internal_error") log.error({ err: cause }, "a request failed");
  const { status, headers, body } = errorReply(error);
  reply.code(status).headers(headers).send(body);
}
