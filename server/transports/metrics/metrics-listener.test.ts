import assert from "node:assert/strict";
import { test } from "node:test";
import { listenMetrics } from "./metrics-listener.ts";

const token = "a token that is long enough to be one";
const right = { authorization: `Bearer ${token}` };

async function start(text = () => "lair_up 1\n") {
  const faults: unknown[] = [];
  const log = { error: (fields: object) => void faults.push(fields) };
  const listener = await listenMetrics({ port: 0, token }, { text, log });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${listener.port}${path}`, init);
  return { ask, faults, listener, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
}

test("with the token there are metrics, and they are what they say they are", async () => {
  await using server = await start();
  const response = await server.ask("/metrics", { headers: right });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(await response.text(), "lair_up 1\n");
  assert.equal(server.listener.address, "127.0.0.1");
});

const strangers: Readonly<Record<string, NonNullable<RequestInit["headers"]>>> = {
  nothing: {},
  "another token": { authorization: `Bearer ${token}x` },
  "the beginning of it": { authorization: `Bearer ${token.slice(0, -1)}` },
  "it as a password": { authorization: `Basic ${token}` },
  "it twice": [
    ["authorization", `Bearer ${token}`],
    ["authorization", `Bearer ${token}`],
  ],
};

for (const [what, headers] of Object.entries(strangers)) {
  test(`whoever shows ${what} is told nothing, also not what there is`, async () => {
    let reads = 0;
    await using server = await start(() => {
      reads += 1;
      return "";
    });
    for (const path of ["/metrics", "/", "/other"]) {
      const response = await server.ask(path, { headers });
      assert.equal(response.status, 401);
      assert.equal(response.headers.get("www-authenticate"), "Bearer");
      assert.equal(await response.text(), "");
    }
    assert.equal(reads, 0);
  });
}

test("there is nothing else, and nothing to change", async () => {
  await using server = await start();
  const status = async (path: string, method = "GET") =>
    (await server.ask(path, { method, headers: right })).status;
  assert.equal(await status("/"), 404);
  assert.equal(await status("/metrics/"), 404);
  assert.equal(await status("/metrics?x=1"), 200);
  assert.equal(await status("/metrics", "HEAD"), 200);
  assert.equal(await status("/metrics", "POST"), 405);
});

test("a fault while reading is answered and logged, and is not the end", async () => {
  let isBroken = true;
  await using server = await start(() => {
    if (isBroken) throw new Error("out of order");
    return "fine\n";
  });
  assert.equal((await server.ask("/metrics", { headers: right })).status, 500);
  assert.equal(server.faults.length, 1);
  isBroken = false;
  assert.equal((await server.ask("/metrics", { headers: right })).status, 200);
});
