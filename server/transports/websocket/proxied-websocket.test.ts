import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "../../commands/handler.ts";
import type { WireClient } from "../../test/wire-client.ts";
import { type SmallWebSocketOptions, startSmallWebSocket } from "./test/small-websocket-server.ts";

const trusted = [{ address: "127.0.0.1", prefix: 32 }];
const handlers = { get_user: ({ address }: Call) => ({ user: { address } }) };

async function addressSeen(client: WireClient): Promise<unknown> {
  await client.hello();
  await client.call("authenticate", { token: "ann" });
  const { user } = await client.call("get_user", { user_id: "x" as never });
  return (user as { address?: unknown }).address;
}

async function start(options: SmallWebSocketOptions = {}) {
  const small = await startSmallWebSocket({ handlers, trusted, ...options });
  const from = (address: string) => small.connect("", { "x-forwarded-for": address });
  return { small, from, [Symbol.asyncDispose]: () => small[Symbol.asyncDispose]() };
}

test("a WebSocket behind a proxy of ours is its client's, and behind any other the proxy's", async () => {
  await using ours = await start();
  await using believed = await ours.from("203.0.113.9, 198.51.100.7");
  assert.equal(await addressSeen(believed), "198.51.100.7");
  await using others = await start({ trusted: [] });
  await using liar = await others.from("198.51.100.7");
  assert.equal(await addressSeen(liar), "127.0.0.1");
});

test("clients behind one proxy are counted each by its own address, and counted out", async () => {
  await using ours = await start({ limits: { maxConnectionsPerAddress: 2 } });
  await using first = await ours.from("198.51.100.1");
  await using _second = await ours.from("198.51.100.1");
  await using _other = await ours.from("198.51.100.2");
  await assert.rejects(ours.from("198.51.100.1"), /503/);
  await first.close();
  const { small } = ours;
  await small.server.until(() => small.admission.open === 2);
  await using _again = await ours.from("198.51.100.1");
});

test("all connections together are counted too", async () => {
  await using ours = await start({ limits: { maxConnections: 2 } });
  await using _first = await ours.from("198.51.100.1");
  await using _second = await ours.from("198.51.100.2");
  await assert.rejects(ours.from("198.51.100.3"));
  assert.equal(ours.small.admission.open, 2);
});
