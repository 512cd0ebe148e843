import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, type Chat, codeOf, type Person, password, startChat } from "../scenarios/chatting.ts";
import { startServerProcess } from "../server-process.ts";
import { WireClient } from "../wire-client.ts";
import { OlderClient, overTcp, overWebSocket, toldUntilClosed } from "./older-client.ts";
import { whyUnreadable } from "./rust-client-frames.ts";

/** How connections of 1.x begin and end. */

let chat: Chat;
let admin: Person;
before(async () => {
  chat = await startChat({}, { withOlderClients: false });
  admin = await chat.registerAdmin("rita");
});
after(() => chat[Symbol.asyncDispose]());

test("a version that nobody speaks is refused by name, over TCP and WebSocket", async () => {
  const { server } = chat;
  const clients = [
    await WireClient.connect({ port: server.tcpPort }),
    await WireClient.connectWebSocket({ port: server.httpPort }),
  ];
  for (const client of clients) {
    client.checking(whyUnreadable);
    await client.expects("server_hello");
    client.send({ type: "client_hello", version: "99.0", client_name: "from afar" });
    const { code } = await client.expects("error");
    assert.equal(code, "version_mismatch");
    await client.closed();
  }
});

test("a token in the address of a WebSocket signs in at once, and a bad one is refused in the reply", async () => {
  const body = { username: "ann", email: "ann@example.org", password };
  const made = await ask(chat.server, undefined, { method: "POST", path: "/auth/register", body });
  const signIn = async (token: string) => {
    const path = `/ws?token=${token}`;
    const wire = await WireClient.connectWebSocket({ port: chat.server.httpPort, path });
    await using client = new OlderClient(wire);
    await wire.expects("server_hello");
    return await client.next();
  };
  const good = await signIn(String(made.body["token"]));
  assert.deepEqual([good.type, good.success], ["authenticate_response", true]);
  assert.equal(good.user.username, "ann");
  const bad = await signIn("invalid-token");
  assert.deepEqual([bad.type, bad.success], ["authenticate_response", false]);
});

test("over a WebSocket no keys are exchanged, and the connection goes on", async () => {
  await using client = await overWebSocket.open(chat.server);
  await client.register("bob");
  const reply = await client.ask("key_exchange", { public_key: "some-key" });
  assert.deepEqual([reply.type, reply.code], ["error", "not_supported"]);
  assert.equal((await client.ask("ping")).type, "pong");
});

test("a server with two places takes two connections, and another one when one has left", async () => {
  await using server = await startServerProcess({ env: { LAIR_TCP_MAX_CONNECTIONS: "2" } });
  const first = await overTcp.open(server);
  await using second = await overTcp.open(server);
  const told = await toldUntilClosed(server.tcpPort);
  assert.doesNotMatch(told, /server_hello/);
  assert.equal((await second.ask("ping")).type, "pong");
  await first.wire.close();
  await using third = await takenIn(server);
  assert.equal((await third.ask("ping")).type, "pong");
});

/** The place is free as soon as the server has noticed. */
async function takenIn(server: { readonly tcpPort: number }): Promise<OlderClient> {
  let taken: OlderClient | undefined;
  await eventually(async () => {
    const wire = await WireClient.connect({ port: server.tcpPort });
    const first = await wire.expectsMessage(() => true).catch(() => undefined);
    if (first?.["type"] !== "server_hello") {
      await wire.close();
      return false;
    }
    wire.send({ type: "client_hello", version: "1.0" });
    taken = new OlderClient(wire);
    return true;
  });
  assert(taken !== undefined);
  return taken;
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) assert(Date.now() < deadline, "it did not come to that");
}

test("as many connections as are allowed are counted, and served", async () => {
  const counted = async () => (await admin.client.call("get_stats", {})).stats.connections.tcp;
  const others: OlderClient[] = [];
  // Those of other tests are gone when the server has noticed, and ours is the admin's.
  await eventually(async () => (await counted()) === 1);
  for (let count = 0; count < 10; count += 1) {
    others.push(await overTcp.open(chat.server));
    assert.equal((await others.at(-1)?.ask("ping"))?.type, "pong");
  }
  assert.equal(await counted(), 11);
  for (const one of others) await one.wire.close();
});

test("sign-ins are counted together, however they come", async () => {
  await using server = await startServerProcess({ env: { LAIR_LIMIT_LOGIN: "1/min" } });
  const body = { identifier: "nobody", password };
  await using tcp = await overTcp.open(server);
  await using webSocket = await overWebSocket.open(server);
  const answers = [
    (await tcp.ask("login", body)).error.code,
    codeOf(await ask(server, undefined, { method: "POST", path: "/auth/login", body })),
    (await webSocket.ask("login", body)).error.code,
    (await tcp.ask("login", body)).error.code,
  ];
  const tooOften = "rate_limited";
  assert.deepEqual(answers, ["invalid_credentials", tooOften, tooOften, tooOften]);
});

test("whoever watches the server is told that it lives and serves, at the addresses of 1.x", async () => {
  const read = async (path: string) => {
    const response = await fetch(chat.server.httpUrl + path);
    return [response.status, (await response.json()) as Record<string, unknown>] as const;
  };
  const [healthy, health] = await read("/health");
  assert.deepEqual([healthy, health["status"]], [200, "ok"]);
  assert.equal(typeof health["version"], "string");
  const [isReady, readiness] = await read("/ready");
  assert.deepEqual([isReady, readiness["ready"]], [200, true]);
});
