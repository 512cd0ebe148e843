import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { ConnectionError, ConnectionErrorKind } from "./connection-error.ts";
import { learnNoiseKey } from "./learn-noise-key.ts";
import { goodCertificate } from "./test/certificates.ts";
import { type Peer, scriptedServer } from "./test/scripted-server.ts";
import { trustOf } from "./test/trusting.ts";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const trusting = { ca: goodCertificate.cert, judge: trustOf() };

async function httpsServer(listener: RequestListener) {
  const server = createServer(goodCertificate, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`https://localhost:${port}`),
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
  return true;
};

test("the key is read where the server publishes it", async () => {
  const asked: unknown[] = [];
  await using server = await httpsServer((request, response) => {
    asked.push(request.method, request.url, request.headers.host);
    response.end(JSON.stringify({ noise_key: key, fingerprint: "SHA256:x" }));
  });
  assert.equal(Buffer.from(await learnNoiseKey(server.url, trusting)).toString("base64"), key);
  assert.deepEqual(asked, ["GET", "/api/v1/noise-key", server.url.host]);
});

const useless: [string, RequestListener][] = [
  ["a server without one", answering(404, '{"error":{"code":"not_found","message":"x"}}')],
  ["a web page", answering(200, "<html>")],
  ["a key that is none", answering(200, '{"noise_key":"AAAA"}')],
  ["no key", answering(200, "{}")],
  ["a redirection", (_, response) => response.writeHead(302, { location: "/x" }).end()],
];

for (const [what, listener] of useless) {
  test(`${what} gives no key`, async () => {
    await using server = await httpsServer(listener);
    await assert.rejects(learnNoiseKey(server.url, trusting), isKind("not_chat_http"));
  });
}

test("an answer without end is not read to its end", async () => {
  await using server = await httpsServer((_, response) => {
    const pour = (): void => {
      while (response.write("x".repeat(64 * 1024)));
    };
    response.on("drain", pour);
    pour();
  });
  await assert.rejects(learnNoiseKey(server.url, trusting), /its answer has no end/);
});

test("nothing is asked of a server whose certificate is not trusted", async () => {
  let requests = 0;
  await using server = await httpsServer(() => {
    requests += 1;
  });
  const strict = { ca: undefined, judge: trustOf() };
  await assert.rejects(learnNoiseKey(server.url, strict), isKind("unknown_certificate"));
  assert.equal(requests, 0);
});

test("a server that does not answer, or hangs up, is given up", async () => {
  await using silent = await httpsServer(() => undefined);
  await assert.rejects(
    learnNoiseKey(silent.url, trusting, { timeoutMs: 100 }),
    isKind("timed_out"),
  );
  await using rude = await httpsServer((request) => void request.socket.destroy());
  await assert.rejects(learnNoiseKey(rude.url, trusting), isKind("lost"));
});

test("a port that speaks something else is said to", async () => {
  const script = (peer: Peer): void => {
    peer.socket.removeAllListeners("data").resume();
    peer.hello();
  };
  await using chat = await scriptedServer(script, { tls: goodCertificate });
  const url = new URL(`https://localhost:${chat.port}`);
  await assert.rejects(learnNoiseKey(url, trusting), isKind("not_http"));
});
