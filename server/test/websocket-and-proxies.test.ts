import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

interface SignedIn {
  readonly token: string;
}

async function register(server: ServerProcess, username: string, forwardedFor = "198.51.100.1") {
  const response = await fetch(`${server.httpUrl}/api/v1/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": forwardedFor },
    body: JSON.stringify({ username, password: "a long enough phrase" }),
  });
  return { status: response.status, body: (await response.json()) as SignedIn };
}

test("people on TCP and WebSocket hear each other, and the token in an address is in no log", async () => {
  await using server = await startServerProcess({ env: { LAIR_LOG_LEVEL: "debug" } });
  const ann = (await register(server, "ann")).body.token;
  const bob = (await register(server, "bob")).body.token;
  await using overTcp = await WireClient.connect({ port: server.tcpPort });
  await overTcp.hello();
  await overTcp.call("authenticate", { token: ann });
  const { room } = await overTcp.call("create_room", { name: "den" });

  await using modern = await WireClient.connectWebSocket({ port: server.httpPort });
  await modern.hello();
  await modern.call("authenticate", { token: bob });
  await modern.call("join_room", { room_id: room.id });
  const path = `/ws?token=${bob}`;
  await using old = await WireClient.connectWebSocket({ port: server.httpPort, path });
  const reply = await old.expectsMessage(({ type }) => type === "authenticate_response");
  assert.equal((reply["user"] as { username?: unknown }).username, "bob");

  const clientId = crypto.randomUUID() as never;
  const target = { type: "room", room_id: room.id } as const;
  await overTcp.call("send_message", { target, content: "hello", client_id: clientId });
  for (const client of [modern, old]) {
    const event = await client.expects("message_received");
    assert.equal(event.message.content, "hello");
  }
  const foreign = { origin: "https://evil.example" };
  await assert.rejects(
    WireClient.connectWebSocket({ port: server.httpPort, path, headers: foreign }),
    /403/,
  );
  assert.equal((await server.stop()).code, 0);
  assert.ok(!server.output().includes(bob));
});

test("behind a trusted proxy everybody is counted by the client's own address", async () => {
  await using server = await startServerProcess({
    env: {
      LAIR_TRUSTED_PROXIES: "127.0.0.1",
      LAIR_PROXY_PROTOCOL: "true",
      LAIR_LIMIT_REGISTER: "2/min",
    },
  });
  const first = await register(server, "ann1", "203.0.113.9, 198.51.100.1");
  const second = await register(server, "ann2", "203.0.113.10, 198.51.100.1");
  const third = await register(server, "ann3", "203.0.113.11, 198.51.100.1");
  const other = await register(server, "bob1", "198.51.100.2");
  assert.deepEqual(
    [first, second, third, other].map(({ status }) => status),
    [201, 201, 429, 201],
  );

  const overTcp = async (username: string, address: string) => {
    const socket = net.connect(server.tcpPort, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`PROXY TCP4 ${address} 192.0.2.1 4660 8080\r\n`);
    await using client = WireClient.on(socket);
    await client.hello();
    return await client.refusal("register", { username, password: "short" } as never);
  };
  const tooOften = await overTcp("ann4", "198.51.100.1");
  assert.equal(tooOften.code, "rate_limited");
  const inTime = await overTcp("bob2", "198.51.100.2");
  assert.equal(inTime.code, "password_too_weak");
});

test("without trusted proxies nobody is believed", async () => {
  await using server = await startServerProcess({ env: { LAIR_LIMIT_REGISTER: "1/min" } });
  assert.equal((await register(server, "ann1", "198.51.100.1")).status, 201);
  assert.equal((await register(server, "ann2", "198.51.100.2")).status, 429);
});
