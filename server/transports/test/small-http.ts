import { once } from "node:events";
import net from "node:net";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import { createLocalRateLimits, type Rates } from "../../cluster/local-rate-limits.ts";
import { createDispatch } from "../../commands/dispatch.ts";
import type { Call, Handlers } from "../../commands/handler.ts";
import { Admission } from "../../connections/admission.ts";
import { sessionOf } from "../../connections/test/small-server.ts";
import type { Readiness } from "../http/health.ts";
import { type HttpListener, listenHttp } from "../http/http-listener.ts";
import type { PublishedNoiseKey } from "../http/noise-key-route.ts";
import type { ReplyLimits } from "../http/reply-budget.ts";
import type { TlsKeys } from "../tls-keys.ts";

type Params = Readonly<Record<string, unknown>>;

export interface SmallHttpOptions {
  readonly handlers?: Partial<Record<CommandName, (call: Call, params: Params) => unknown>>;
  readonly rates?: Partial<Rates>;
  readonly tls?: TlsKeys | undefined;
  readonly maxConnections?: number;
  readonly replies?: Partial<ReplyLimits>;
  readonly checkReady?: () => Promise<Readiness>;
  readonly noiseKey?: PublishedNoiseKey;
}

export interface SmallHttp extends AsyncDisposable {
  readonly listener: HttpListener;
  readonly admission: Admission;
  /** Texts of what was logged as an error. */
  readonly errors: string[];
  /** With the token of "ann", and JSON where there is a body. */
  ask(method: string, path: string, body?: unknown): Promise<HttpAnswer>;
  fetch(path: string, init?: RequestInit): Promise<HttpAnswer>;
  /** Writes these bytes on a connection and answers everything that comes until it is closed. */
  raw(bytes: string): Promise<string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const off = {
  register: "off",
  login: "off",
  refresh: "off",
  api: "off",
  apiUser: "off",
  messages: "off",
} as const;

/** The HTTP listener of the server with the given handlers; any token but "stale" and "bad" is a user's name. */
export async function startSmallHttp(options: SmallHttpOptions = {}): Promise<SmallHttp> {
  const errors: string[] = [];
  const silent = () => undefined;
  const rateLimits = createLocalRateLimits({
    rates: { ...off, ...options.rates },
    monotonic: () => performance.now(),
  });
  const handlers = (options.handlers ?? {}) as unknown as Handlers;
  const maxConnections = options.maxConnections ?? 1_000;
  const admission = new Admission({ maxConnections, maxConnectionsPerAddress: maxConnections });
  const listener = await listenHttp(
    { host: "127.0.0.1", port: 0, tls: options.tls },
    {
      dispatch: createDispatch({ handlers, rateLimits }),
      rateLimits,
      admission,
      authenticateToken,
      ...(options.replies && { replies: options.replies }),
      version: "1.2.3",
      noiseKey: options.noiseKey,
      checkReady: options.checkReady ?? (async () => ({ ready: true, checks: {} })),
      log: {
        error: (fields, text) => errors.push(`${text} ${Object.values(fields).join(" ")}`),
        warn: silent,
        info: silent,
        debug: silent,
      },
    },
  );
  const base = `http://127.0.0.1:${listener.port}`;
  const send = async (path: string, init?: RequestInit): Promise<HttpAnswer> => {
    const response = await fetch(base + path, init);
    const text = await response.text();
    const body = text === "" ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  };
  return {
    listener,
    admission,
    errors,
    fetch: send,
    ask: (method, path, body) =>
      send(`/api/v1${path}`, {
        method,
        headers: {
          authorization: "Bearer ann",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    raw: (bytes) => raw(listener.port, bytes),
    [Symbol.asyncDispose]: () => listener.close(0),
  };
}

async function authenticateToken(token: string) {
  if (token === "stale") throw new ChatError("token_expired");
  if (token === "bad") throw new ChatError("invalid_token");
  return sessionOf(token);
}

async function raw(port: number, bytes: string): Promise<string> {
  const socket = net.connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
  return text;
}
