import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Endpoint } from "./address.ts";
import type { ConnectionError, ConnectionErrorKind } from "./connection-error.ts";
import { createHttpApi } from "./http-api.ts";
import { goodCertificate } from "./test/certificates.ts";
import { plainEndpoint, scriptedServer, tlsEndpoint } from "./test/scripted-server.ts";

interface HttpServer extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: Endpoint;
}

async function httpServer(listener: RequestListener, tls = false): Promise<HttpServer> {
  const server = tls ? createHttpsServer(goodCertificate, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpoint: plainEndpoint(port),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const answering =
  (status: number, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body);
  };

const isKind = (kind: ConnectionErrorKind) => (error: ConnectionError) => {
  assert.equal(error.kind, kind, error.message);
  assert.doesNotMatch(error.message, /undefined|\n/);
  return true;
};

const refreshed = {
  token: "new",
  expires_at: "2026-03-01T12:00:00.000Z",
  refresh_token: "r".repeat(20),
};
const ask = (endpoint: Endpoint, timeoutMs = 5_000) =>
  createHttpApi(endpoint, { timeoutMs }).call("refresh", { refresh_token: "r".repeat(16) });

test("a command goes to its path with its parameters, and the answer comes back checked", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  await using server = await httpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    resolve([
      request.method,
      request.url,
      request.headers.authorization,
      `${Buffer.concat(chunks)}`,
    ]);
    response.end(JSON.stringify(refreshed));
  });
  const api = createHttpApi(server.endpoint);
  assert.deepEqual(await api.call("refresh", {}, "secret"), refreshed);
  assert.deepEqual(await promise, ["POST", "/api/v1/auth/refresh", "Bearer secret", "{}"]);
});

test("what the server refuses arrives as the error it is", async () => {
  const error = { code: "invalid_credentials", message: "Wrong.", retry_after: 2 };
  await using server = await httpServer(answering(401, JSON.stringify({ error })));
  await assert.rejects(ask(server.endpoint), (caught) => {
    assert.ok(caught instanceof ChatError);
    assert.deepEqual(
      [caught.code, caught.message, caught.retryAfter],
      ["invalid_credentials", "Wrong.", 2],
    );
    return true;
  });
});

const foreign: [string, RequestListener][] = [
  ["a web page", answering(200, "<html>")],
  ["a missing page", answering(404, "nothing here")],
  ["JSON of somebody else", answering(500, '{"error":"boom"}')],
];

for (const [what, listener] of foreign) {
  test(`${what} is not taken for a chat server`, async () => {
    await using server = await httpServer(listener);
    await assert.rejects(ask(server.endpoint), isKind("not_chat_http"));
  });
}

test("an answer without end is not read to its end", async () => {
  const { promise: cut, resolve } = Promise.withResolvers<void>();
  await using server = await httpServer((_, response) => {
    response.on("close", resolve);
    const pour = (): void => {
      while (response.write("x".repeat(64 * 1024)));
    };
    response.on("drain", pour);
    pour();
  });
  await assert.rejects(ask(server.endpoint), /its answer has no end/);
  await cut;
});

test("an answer without its promised content is refused", async () => {
  await using server = await httpServer(answering(200, "{}"));
  await assert.rejects(ask(server.endpoint), { code: "invalid_message" });
});

test("the chat port in place of the HTTP one is told apart", async () => {
  await using server = await scriptedServer((peer) => peer.hello());
  await assert.rejects(ask(server.endpoint), isKind("not_http"));
});

test("a server that never answers is given up", async () => {
  await using server = await httpServer(() => undefined);
  await assert.rejects(ask(server.endpoint, 50), isKind("timed_out"));
});

test("a server that stops in the middle of its answer is given up", async () => {
  await using server = await httpServer((_, response) => void response.write("{"));
  await assert.rejects(ask(server.endpoint, 50), isKind("timed_out"));
});

test("nothing listening and a connection cut are told apart", async () => {
  const gone = await httpServer(() => undefined);
  await gone[Symbol.asyncDispose]();
  await assert.rejects(ask(gone.endpoint), isKind("refused"));
  await using server = await httpServer((request) => void request.socket.destroy());
  await assert.rejects(ask(server.endpoint), isKind("lost"));
});

test("the certificate counts on this port too", async () => {
  await using server = await httpServer(answering(200, JSON.stringify(refreshed)), true);
  await assert.rejects(ask(tlsEndpoint(server.port)), isKind("certificate"));
  assert.deepEqual(await ask(tlsEndpoint(server.port, goodCertificate.cert)), refreshed);
  await using plain = await httpServer(answering(200, "{}"));
  await assert.rejects(ask(tlsEndpoint(plain.port)), isKind("without_tls"));
});
