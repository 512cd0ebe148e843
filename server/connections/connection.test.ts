import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { WireClient } from "../test/wire-client.ts";
import { SmallServer, sessionOf } from "./test/small-server.ts";

const id = (name: string) => name as UserId;

/** The `request_id`s of all replies so far, in their order. */
function repliesOf(client: WireClient): unknown[] {
  return client.received.map((message) => message["request_id"]).filter((got) => got !== undefined);
}

test("the server says hello first, and a client that answers may sign in", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  const hello = await client.hello();
  assert.deepEqual(hello, {
    type: "server_hello",
    version: "1.0",
    server_name: "Lair Chat",
    features: ["client_ids", "log", "resume", "heads", "packed"],
    encryption_required: false,
  });
  await client.call("authenticate", { token: "ann" });
  assert.ok(server.hub.isOnline(id("ann")));
});

test("before the hello only pings are answered", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  await client.call("ping", {});
  const refusal = await client.refusal("authenticate", { token: "ann" });
  assert.equal(refusal.code, "unauthorized");
  assert.equal(refusal.message, "Must complete the handshake first");
  await client.hello();
  await client.call("authenticate", { token: "ann" });
});

test("a version that is not 1.x is told so and the connection is closed", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  client.send({ type: "client_hello", version: "2.0" });
  await client.expects("error", ({ code }) => code === "version_mismatch");
  await client.closed();
});

test("before signing in, what needs a session is answered with a plain error", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  await client.hello([]);
  client.send({ type: "get_user", user_id: "x" });
  const error = await client.expects("error");
  assert.equal(error.code, "unauthorized");
  client.send({ type: "get_user", request_id: "7", user_id: "x" });
  const answered = await client.expectsMessage((message) => message["request_id"] === "7");
  assert.equal(answered["type"], "error");
});

test("what is no request of ours gets a typed error with its request_id, and the connection goes on", async () => {
  await using server = await SmallServer.start();
  await using client = await server.signedIn("ann");
  client.send({ type: "fly", request_id: "a" });
  client.send({ request_id: "b" });
  client.sendText("[1]");
  client.sendText('{"type":"ping","__proto__":{}}');
  client.send({ type: "ping", request_id: "x".repeat(65) });
  const errors = [];
  for (let count = 0; count < 5; count += 1) errors.push(await client.expects("error"));
  assert.deepEqual(
    errors.map(({ code, request_id }) => [code, request_id]),
    [
      ["unknown_type", "a"],
      ["invalid_message", "b"],
      ["invalid_message", undefined],
      ["invalid_message", undefined],
      ["invalid_message", undefined],
    ],
  );
  await client.call("ping", {});
});

test("a refusal carries its code, and a fault of ours is logged and says nothing of itself", async () => {
  await using server = await SmallServer.start({
    handlers: {
      get_user: () => {
        throw new ChatError("user_not_found");
      },
      list_users: async () => {
        throw new Error("SELECT secret FROM table");
      },
    },
  });
  await using client = await server.signedIn("ann");
  assert.equal((await client.refusal("get_user", { user_id: id("x") })).code, "user_not_found");
  const refusal = await client.refusal("list_users", {});
  assert.equal(refusal.code, "internal_error");
  assert.doesNotMatch(JSON.stringify(client.received), /secret/);
  const errors = server.log.filter(({ level }) => level === "error");
  assert.match(String(errors.map(({ fields }) => Object.values(fields))), /secret/);
});

test("a reply too large for a frame is answered with an error instead", async () => {
  await using server = await SmallServer.start({
    handlers: { list_users: () => ({ users: ["x".repeat(1024 * 1024)] }) },
  });
  await using client = await server.signedIn("ann");
  assert.equal((await client.refusal("list_users", {})).code, "internal_error");
  await client.call("ping", {});
});

test("a command that is not answered is answered where it has a request_id", async () => {
  await using server = await SmallServer.start({ handlers: { typing: () => ({}) } });
  await using client = await server.signedIn("ann");
  client.send({ type: "typing", target: {} });
  client.send({ type: "typing", request_id: "t", target: {} });
  await client.settle();
  const answers = client.unread("typing_response");
  assert.deepEqual(answers, [{ type: "typing_response", request_id: "t", success: true }]);
});

test("a 1.x client is served one request after the other, in its order", async () => {
  const gate = Promise.withResolvers<object>();
  const started: string[] = [];
  await using server = await SmallServer.start({
    handlers: {
      get_user: (_call, { user_id: userId }) => {
        started.push(String(userId));
        return userId === "first" ? gate.promise : {};
      },
    },
  });
  await using client = await server.signedIn("ann", []);
  const first = client.request("get_user", { user_id: id("first") });
  const second = client.request("get_user", { user_id: id("second") });
  const nonsense = "n";
  client.send({ type: "fly", request_id: nonsense });
  const last = client.request("ping", {});
  await server.until(() => started.length > 0);
  gate.resolve({});
  await client.replyTo(last);
  assert.deepEqual(started, ["first", "second"]);
  assert.deepEqual(repliesOf(client).slice(-4), [first, second, nonsense, last]);
});

test("our own client has many requests in flight, which start in order and end as they can", async () => {
  const gate = Promise.withResolvers<object>();
  const started: string[] = [];
  await using server = await SmallServer.start({
    limits: { requestsInFlight: 4 },
    handlers: {
      get_user: (_call, { user_id: userId }) => {
        started.push(String(userId));
        return userId === "0" ? gate.promise : {};
      },
    },
  });
  await using client = await server.signedIn("ann");
  const requests = Array.from({ length: 100 }, (_, index) =>
    client.request("get_user", { user_id: id(String(index)) }),
  );
  await client.replyTo(requests[99] ?? "");
  assert.deepEqual(
    started,
    requests.map((_, index) => String(index)),
  );
  assert.equal(repliesOf(client).includes(requests[0]), false);
  gate.resolve({});
  await client.replyTo(requests[0] ?? "");
});

test("no more than the allowed number is in flight, and the rest is not even read", async () => {
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  await using server = await SmallServer.start({
    limits: { requestsInFlight: 8 },
    handlers: {
      get_user: async () => {
        running += 1;
        most = Math.max(most, running);
        await gate.promise;
        running -= 1;
        return {};
      },
    },
  });
  await using client = await server.signedIn("ann");
  const requests = Array.from({ length: 20_000 }, () =>
    client.request("get_user", { user_id: id("x".repeat(1_000)) }),
  );
  let mostHeld = 0;
  await server.until(() => running === 8);
  for (let turns = 0; turns < 500; turns += 1) {
    await new Promise(setImmediate);
    mostHeld = Math.max(mostHeld, server.inbound.heldBytes);
  }
  assert.ok(mostHeld < 1024 * 1024, `${mostHeld} bytes of requests were held`);
  gate.resolve();
  for (const request of requests) await client.replyTo(request);
  assert.equal(most, 8);
});

test("signing in and out happen alone: what is behind them waits", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await SmallServer.start({});
  server.beforeLoading = () => gate.promise;
  await using client = await server.connect();
  await client.hello();
  const signIn = client.request("authenticate", { token: "ann" });
  const behind = client.request("get_user", { user_id: id("x") });
  await server.until(() => server.isAttached("ann"));
  gate.resolve();
  await client.replyTo(behind);
  assert.deepEqual(repliesOf(client), [signIn, behind]);
});

test("logging out answers, closes, and does nothing that came behind it", async () => {
  const seen: string[] = [];
  await using server = await SmallServer.start({
    handlers: {
      get_user: async (_call, { user_id: userId }) => {
        await new Promise(setImmediate);
        seen.push(String(userId));
        return {};
      },
    },
  });
  await using client = await server.signedIn("ann");
  const before = client.request("get_user", { user_id: id("before") });
  const logout = client.request("logout", {});
  client.request("get_user", { user_id: id("behind") });
  await client.closed();
  assert.deepEqual(repliesOf(client).slice(-2), [before, logout]);
  assert.deepEqual(seen, ["before"]);
  assert.equal(client.unread("error").length, 0);
  assert.equal(server.hub.isOnline(id("ann")), false);
});

test("a client that ends its side is still answered", async () => {
  await using server = await SmallServer.start({
    handlers: {
      get_user: async () => {
        await new Promise(setImmediate);
        return {};
      },
    },
  });
  await using client = await server.signedIn("ann");
  const request = client.request("get_user", { user_id: id("x") });
  client.socket.end();
  await client.replyTo(request);
  await client.closed();
  await server.until(() => server.connections.size === 0);
});

test("a sign-in that fails binds nothing, and the next one may succeed", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  await client.hello();
  server.beforeLoading = async () => {
    throw new Error("the database is away");
  };
  assert.equal((await client.refusal("authenticate", { token: "ann" })).code, "internal_error");
  assert.equal(server.isAttached("ann"), false);
  server.beforeLoading = async () => undefined;
  await client.call("authenticate", { token: "ann" });
});

test("a session that ends while its connection is being bound does not get in", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  await client.hello();
  server.beforeLoading = async () => {
    server.endedSessions.add("session of ann" as never);
  };
  assert.equal((await client.refusal("authenticate", { token: "ann" })).code, "session_not_found");
  assert.equal(server.isAttached("ann"), false);
});

test("who goes away before the sign-in is done leaves nobody online", async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const tried = Promise.withResolvers<string>();
  await using server = await SmallServer.start({
    handlers: {
      authenticate: async (call, { token }) => {
        begun.resolve();
        await gate.promise;
        await call.signIn(sessionOf(String(token))).catch(({ code }) => tried.resolve(code));
        return {};
      },
    },
  });
  await using client = await server.connect();
  await client.hello();
  client.request("authenticate", { token: "ann" });
  await begun.promise;
  client.socket.resetAndDestroy();
  await server.until(() => server.connections.size === 0);
  gate.resolve();
  assert.equal(await tried.promise, "invalid_state");
  assert.equal(server.isAttached("ann"), false);
});
