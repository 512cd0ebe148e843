import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { limits } from "@lair-chat/protocol/limits.ts";
import { type JsonObject, parseJsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { WireError } from "@lair-chat/protocol/wire/wire-error.ts";
import { httpAddress } from "./address.ts";
import { ConnectionError } from "./connection-error.ts";
import { fromHttpError } from "./network-error.ts";
import { noiseKeyIn } from "./server-trust.ts";
import { connectSocket, type TlsTrust } from "./socket.ts";

export interface LearnOptions {
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const RESPONSE_BYTES = 16 * 1024;
const PATH = "/api/v1/noise-key";
const OK = 200;
const jsonLimits = { maxDepth: limits.jsonDepth, maxTokens: limits.jsonTokens };

/**
 * The static key for the Noise channel as the server publishes it over HTTPS, where its certificate
 * vouches for it.
 * @throws ConnectionError
 */
export async function learnNoiseKey(
  httpUrl: URL,
  trust: TlsTrust,
  { timeoutMs = TIMEOUT_MS }: LearnOptions = {},
): Promise<Uint8Array> {
  const at = httpUrl.origin;
  const tls = { ...trust, oldest: "TLSv1.2" } as const;
  const socket = await connectSocket({ address: httpAddress(httpUrl), at, tls }, { timeoutMs });
  const timer = setTimeout(() => socket.destroy(new ConnectionError("timed_out", at)), timeoutMs);
  try {
    const response = await get(socket, httpUrl);
    return keyIn(response.statusCode ?? 0, await readAll(response, at), at);
  } catch (cause) {
    throw fromHttpError(cause, at);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function get(socket: Socket, httpUrl: URL): Promise<IncomingMessage> {
  const options: RequestOptions = {
    // Connected, and its certificate judged.
    createConnection: () => socket,
    host: httpUrl.host,
    path: `${httpUrl.pathname.replace(/\/$/, "")}${PATH}`,
    headers: { host: httpUrl.host, accept: "application/json", connection: "close" },
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(options);
    request.on("error", reject);
    // Only heard where neither an answer nor an error came before.
    request.on("close", () => reject(new ConnectionError("lost", httpUrl.origin)));
    request.on("response", resolve);
    request.end();
  });
}

function keyIn(status: number, body: Uint8Array, at: string): Uint8Array {
  const key = status === OK ? noiseKeyIn(parsed(body)["noise_key"]) : undefined;
  if (key !== undefined) return key;
  throw new ConnectionError("not_chat_http", at, { detail: `status ${status}` });
}

/** Empty for what is no JSON. */
function parsed(body: Uint8Array): JsonObject {
  try {
    return parseJsonObject(body, jsonLimits);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return {};
  }
}

async function readAll(response: IncomingMessage, at: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > RESPONSE_BYTES) {
      throw new ConnectionError("not_chat_http", at, { detail: "its answer has no end" });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
