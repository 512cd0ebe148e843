import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { limits } from "@lair-chat/protocol/limits.ts";
import { type WebSocket, WebSocketServer } from "ws";
import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";
import { goodCertificate } from "./test/certificates.ts";
import { type Peer, scriptedServer } from "./test/scripted-server.ts";
import { server as name, rememberedServers, trustOf } from "./test/trusting.ts";
import type { Transport } from "./transport.ts";
import { openWebSocket } from "./websocket-transport.ts";

interface WebServer extends AsyncDisposable {
  readonly url: URL;
  readonly requests: IncomingMessage[];
}

type Script = (webSocket: WebSocket) => void;

/** An HTTP server whose WebSockets do what the script says; without one it has none. */
async function webServer(script?: Script, isTls = false): Promise<WebServer> {
  const notFound: RequestListener = (_, response) => response.writeHead(404).end();
  const http = isTls ? createHttpsServer(goodCertificate, notFound) : createServer(notFound);
  const requests: IncomingMessage[] = [];
  if (script !== undefined) {
    const server = new WebSocketServer({ server: http, path: "/ws", perMessageDeflate: true });
    server.on("connection", (webSocket, request) => {
      webSocket.on("error", () => undefined);
      requests.push(request);
      script(webSocket);
    });
  }
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: new URL(isTls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`),
    requests,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
}

const trusting = { ca: undefined, judge: trustOf() };

function outcomeOf(transport: Transport): Promise<{ reason: ConnectionError; heard: string[] }> {
  const heard: string[] = [];
  return new Promise((resolve) => {
    transport.listen({
      onPayload: (payload) => heard.push(new TextDecoder().decode(payload)),
      onClose: (reason) => resolve({ reason, heard }),
    });
  });
}

/** Takes what comes for nothing at all. */
const deaf = ({ socket }: Peer): void => {
  socket.removeAllListeners("data").resume();
};

const isKind = (kind: ConnectionErrorKind) => (error: ConnectionError) => {
  assert.equal(error.kind, kind, error.message);
  assert.doesNotMatch(error.message, /undefined|\n/);
  return true;
};

test("text goes both ways, uncompressed, and nothing of the person stands in the address", async () => {
  await using server = await webServer((webSocket) => {
    webSocket.send('{"first":1}');
    webSocket.on("message", (data, isBinary) => {
      webSocket.send(`${data} ${isBinary}`);
      webSocket.close();
    });
  });
  const transport = await openWebSocket(server.url, trusting);
  assert.equal(transport.protection.kind, "none");
  const outcome = outcomeOf(transport);
  transport.send('{"type":"ping"}');
  const { heard, reason } = await outcome;
  assert.deepEqual(heard, ['{"first":1}', '{"type":"ping"} false']);
  assert.equal(reason.kind, "closed");
  const [request] = server.requests;
  assert.equal(request?.url, "/ws");
  assert.equal(request?.headers["sec-websocket-extensions"], undefined);
  assert.equal(request?.headers.origin, undefined);
});

test("what the server says before anybody listens is kept", async () => {
  await using server = await webServer((webSocket) => {
    webSocket.send("early");
    webSocket.close();
  });
  const transport = await openWebSocket(server.url, trusting);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual((await outcomeOf(transport)).heard, ["early"]);
});

const bad: [string, Script][] = [
  ["a message of bytes", (webSocket) => webSocket.send(Buffer.from("{}"))],
  ["a message that is too large", (webSocket) => webSocket.send("x".repeat(limits.frameBytes + 1))],
  [
    "a message that is no text",
    (webSocket) => webSocket.send(new Uint8Array([0xc3, 0x28]), { binary: false }),
  ],
];

for (const [what, script] of bad) {
  test(`${what} ends the connection with words`, async () => {
    await using server = await webServer(script);
    const { heard, reason } = await outcomeOf(await openWebSocket(server.url, trusting));
    isKind("broken_protocol")(reason);
    assert.deepEqual(heard, []);
  });
}

test("a message as large as the protocol allows passes", async () => {
  await using server = await webServer((webSocket) => {
    webSocket.send("x".repeat(limits.frameBytes));
    webSocket.close();
  });
  const { heard } = await outcomeOf(await openWebSocket(server.url, trusting));
  assert.equal(heard[0]?.length, limits.frameBytes);
});

test("closing is heard by both sides, and after it nothing is sent or heard", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = await webServer((webSocket) => webSocket.on("close", () => gone.resolve()));
  const transport = await openWebSocket(server.url, trusting);
  const outcome = outcomeOf(transport);
  transport.close(new ConnectionError("stopped", ""));
  transport.send("late");
  assert.equal((await outcome).reason.kind, "stopped");
  await gone.promise;
});

test("a server that cuts the line is noticed", async () => {
  await using server = await webServer((webSocket) => webSocket.terminate());
  const { reason } = await outcomeOf(await openWebSocket(server.url, trusting));
  assert.ok(reason.kind === "closed" || reason.kind === "lost", reason.kind);
});

test("an HTTP server without a WebSocket, and one of another protocol, are told apart", async () => {
  await using web = await webServer();
  await assert.rejects(openWebSocket(web.url, trusting), (error: ConnectionError) => {
    assert.match(error.message, /404/);
    return isKind("not_chat_http")(error);
  });
  await using chat = await scriptedServer((peer) => {
    deaf(peer);
    peer.hello();
  });
  const url = new URL(`http://127.0.0.1:${chat.port}`);
  await assert.rejects(openWebSocket(url, trusting), isKind("not_http"));
});

test("a server that never answers is given up, and connecting can be called off", async () => {
  await using silent = await scriptedServer(deaf);
  const url = new URL(`http://127.0.0.1:${silent.port}`);
  await assert.rejects(openWebSocket(url, trusting, { timeoutMs: 50 }), isKind("timed_out"));
  const stop = new AbortController();
  const opening = openWebSocket(url, trusting, { signal: stop.signal });
  stop.abort();
  await assert.rejects(opening, isKind("stopped"));
});

test("with TLS the certificate is judged before the request is made", async () => {
  await using server = await webServer((webSocket) => webSocket.send("hi"), true);
  await assert.rejects(openWebSocket(server.url, trusting), isKind("unknown_certificate"));
  assert.deepEqual(server.requests, []);
  const pins = rememberedServers();
  const judge = trustOf({ pins, takesCertificate: true });
  const transport = await openWebSocket(server.url, { ca: undefined, judge });
  assert.equal(transport.protection.kind, "tls");
  assert.deepEqual(Object.keys(pins.known.get(name) ?? {}), ["certificate"]);
  transport.close(new ConnectionError("stopped", ""));
  const believing = { ca: goodCertificate.cert, judge: trustOf() };
  (await openWebSocket(server.url, believing)).close(new ConnectionError("stopped", ""));
});

test("a path in front of the API is in front of the WebSocket too", async () => {
  await using server = await webServer(() => undefined);
  const url = new URL("/chat/", server.url);
  await assert.rejects(openWebSocket(url, trusting), /status 400|status 404/);
});
