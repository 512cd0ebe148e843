import assert from "node:assert/strict";
import { test } from "node:test";
import { startSmallHttp } from "../test/small-http.ts";

const noiseKey = { key: "AAAA", fingerprint: "SHA256:BBBB" };
const path = "/api/v1/noise-key";

test("the key is told to everybody, and nothing else is at its address", async () => {
  await using http = await startSmallHttp({ noiseKey });
  const { status, body, headers } = await http.fetch(path);
  assert.equal(status, 200);
  assert.deepEqual(body, { noise_key: "AAAA", fingerprint: "SHA256:BBBB" });
  assert.equal(headers.get("cache-control"), "no-store");
  const refused = await http.fetch(path, { method: "PUT" });
  assert.equal(refused.status, 405);
  assert.equal(refused.headers.get("allow"), "GET, HEAD");
});

test("where the chat port offers no Noise there is nothing", async () => {
  await using http = await startSmallHttp();
  const { status, body } = await http.fetch(path);
  assert.equal(status, 404);
  assert.equal((body["error"] as { code: string }).code, "not_found");
});
