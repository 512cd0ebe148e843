import assert from "node:assert/strict";
import { test } from "node:test";
import { startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

const password = "correct horse battery";

async function isServed(httpUrl: string): Promise<boolean> {
  const headers = { connection: "close" };
  const answer = await fetch(`${httpUrl}/livez`, { headers }).catch(() => undefined);
  return answer?.ok === true;
}

async function signedIn(client: WireClient, username: string): Promise<WireClient> {
  await client.hello();
  await client.call("register", { username, password });
  return client;
}

test("an address has its connections once for both ports, and gets them back", async () => {
  await using server = await startServerProcess({ env: { LAIR_MAX_CONNECTIONS_PER_ADDRESS: "3" } });
  const { tcpPort: port, httpPort, httpUrl } = server;
  await using ann = await signedIn(await WireClient.connect({ port }), "ann");
  await using bob = await signedIn(await WireClient.connect({ port }), "bob");
  await using cid = await signedIn(await WireClient.connectWebSocket({ port: httpPort }), "cid");
  await using refused = await WireClient.connect({ port });
  await refused.expects("error", ({ code }) => code === "busy");
  await refused.closed();
  assert.equal(await isServed(httpUrl), false);
  await ann.close();
  while (!(await isServed(httpUrl)));
  for (const client of [bob, cid]) await client.settle();
});

test("connections that do not sign in are bounded by their network, on both transports together", async () => {
  await using server = await startServerProcess({ env: { LAIR_MAX_SIGNING_IN_PER_NETWORK: "2" } });
  const { tcpPort: port, httpPort } = server;
  await using first = await WireClient.connect({ port });
  await first.hello([]);
  await using second = await WireClient.connectWebSocket({ port: httpPort });
  await second.hello([]);
  await using third = await WireClient.connect({ port });
  await third.expects("error", ({ code }) => code === "busy");
  await third.closed();
  await first.call("register", { username: "ann", password });
  await using fourth = await WireClient.connect({ port });
  await fourth.hello();
  await fourth.settle();
});
