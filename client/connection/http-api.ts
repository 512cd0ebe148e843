import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { readError } from "@lair-chat/protocol/envelope.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { commands, type Params, type Result } from "@lair-chat/protocol/registry.ts";
import { checkResult } from "@lair-chat/protocol/validate-incoming.ts";
import { type JsonObject, parseJsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { WireError } from "@lair-chat/protocol/wire/wire-error.ts";
import { type Endpoint, serverName } from "./address.ts";
import { ConnectionError } from "./connection-error.ts";
import { fromNetworkError } from "./network-error.ts";
import { trustOptions } from "./socket.ts";

/** What is asked over HTTP: everything else goes over the chat connection. */
export type HttpCommandName = "register" | "login" | "refresh" | "logout";

export interface HttpApi {
  /**
   * Asks the server for something.
   * @throws ChatError as the server answered; ConnectionError: whether it was done is not known
   */
  call<N extends HttpCommandName>(
    name: N,
    params: Params<N>,
    accessToken?: string,
  ): Promise<Result<N>>;
}

export interface HttpOptions {
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const RESPONSE_BYTES = 1024 * 1024;
const jsonLimits = { maxDepth: limits.jsonDepth, maxTokens: limits.jsonTokens };

export function createHttpApi(endpoint: Endpoint, options: HttpOptions = {}): HttpApi {
  const { timeoutMs = TIMEOUT_MS } = options;
  const at = endpoint.httpUrl.origin;
  return {
    async call(name, params, accessToken) {
      const path = commands[name].http?.path ?? "";
      const request: Post = {
        endpoint,
        path,
        body: JSON.stringify(params),
        accessToken,
        timeoutMs,
      };
      const { status, body } = await post(request).catch((cause: unknown) => {
        throw fromHttpError(cause, at);
      });
      const answer = readBody(status, body, at);
      if (status >= 200 && status < 300) return checkResult(name, answer);
      throw readError(answer["error"]);
    },
  };
}

function readBody(status: number, body: Uint8Array, at: string): JsonObject {
  const foreign = (cause?: unknown) =>
    new ConnectionError("not_chat_http", at, { detail: `status ${status}`, cause });
  try {
    const answer = parseJsonObject(body, jsonLimits);
    if (status >= 200 && status < 300) return answer;
    const error = answer["error"];
    if (typeof error === "object" && error !== null && "code" in error) return answer;
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw foreign(cause);
  }
  throw foreign();
}

function fromHttpError(cause: unknown, at: string): ConnectionError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // What the parser of HTTP says when the other side speaks something else.
  if (code.startsWith("HPE_")) return new ConnectionError("not_http", at, { cause });
  return fromNetworkError(cause, at);
}

interface Post {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly body: string;
  readonly accessToken: string | undefined;
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

function post(call: Post): Promise<Answer> {
  const { httpUrl, tls } = call.endpoint;
  const send = tls === undefined ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(requestOptions(call));
    const timer = setTimeout(
      () => request.destroy(new ConnectionError("timed_out", httpUrl.origin)),
      call.timeoutMs,
    );
    request.on("error", reject);
    request.on("close", () => {
      clearTimeout(timer);
      // Only heard where neither an answer nor an error came before.
      reject(new ConnectionError("lost", httpUrl.origin));
    });
    request.on("response", (response) => {
      readAll(response, httpUrl.origin).then(
        (body) => resolve({ status: response.statusCode ?? 0, body }),
        reject,
      );
    });
    request.end(call.body);
  });
}

function requestOptions({ endpoint, path, body, accessToken }: Post): RequestOptions {
  const { httpUrl, tls } = endpoint;
  const host = httpUrl.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    method: "POST",
    host,
    port: httpUrl.port === "" ? (tls === undefined ? 80 : 443) : Number(httpUrl.port),
    path: `${httpUrl.pathname.replace(/\/$/, "")}/api/v1${path}`,
    agent: false,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      accept: "application/json",
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    ...(tls === undefined ? {} : { servername: serverName(host), ...trustOptions(tls) }),
  };
}

async function readAll(response: IncomingMessage, at: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > RESPONSE_BYTES) {
      response.destroy();
      throw new ConnectionError("not_chat_http", at, { detail: "its answer has no end" });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
