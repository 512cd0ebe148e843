import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { test } from "node:test";
import { selfSigned } from "../test/self-signed.ts";
import { startSmallHttp } from "../test/small-http.ts";

const keys = selfSigned();
const skip = keys === undefined ? "openssl is not installed" : false;

test("over TLS the API is the same and asks browsers to stay with TLS", { skip }, async () => {
  await using http = await startSmallHttp({ tls: keys });
  const { port } = http.listener;
  const asked = request({ host: "127.0.0.1", port, path: "/health", ca: keys?.cert, agent: false });
  asked.end();
  const [response] = await once(asked, "response");
  response.resume();
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["strict-transport-security"], "max-age=31536000");
  await once(response, "end");
});

test("TLS older than 1.2 and plaintext get no answer, and the server goes on", {
  skip,
}, async () => {
  await using http = await startSmallHttp({ tls: keys });
  const old = { host: "127.0.0.1", port: http.listener.port, rejectUnauthorized: false } as const;
  const asked = request({ ...old, minVersion: "TLSv1", maxVersion: "TLSv1.1", agent: false }).end();
  await once(asked, "error");
  assert.doesNotMatch(await http.raw("GET /health HTTP/1.1\r\nhost: a\r\n\r\n"), /200/);
  const good = request({ ...old, path: "/livez", agent: false }).end();
  const [response] = await once(good, "response");
  assert.equal(response.statusCode, 200);
  response.destroy();
});
