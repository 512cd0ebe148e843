import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { AnyEvent } from "@lair-chat/protocol/registry.ts";
import { type ManualClock, manualClock } from "../test/manual-clock.ts";
import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";
import { type LiveLink, openLink } from "./link.ts";
import { openTcp } from "./tcp-transport.ts";
import { type Peer, type ScriptedServer, scriptedServer } from "./test/scripted-server.ts";
import { noise } from "./test/trusting.ts";

const server_time = "2026-03-01T12:00:00.000Z";

interface Linked extends AsyncDisposable {
  readonly link: LiveLink;
  readonly clock: ManualClock;
  readonly events: AnyEvent[];
}

async function linked(server: ScriptedServer): Promise<Linked> {
  const clock = manualClock();
  const events: AnyEvent[] = [];
  const transport = await openTcp(server.address, await noise());
  const link = await openLink({
    transport,
    clock,
    clientName: "test",
    onEvent: (event) => events.push(event),
  });
  return {
    link,
    clock,
    events,
    async [Symbol.asyncDispose]() {
      link.close(new ConnectionError("stopped", ""));
      await link.closed;
    },
  };
}

/** A server that says hello, takes the client's, and goes on. */
const greeting = (then: (peer: Peer) => void | Promise<void>) =>
  scriptedServer(async (peer) => {
    await peer.greets();
    await then(peer);
  });

const isKind = (kind: ConnectionErrorKind) => (error: ConnectionError) => {
  assert.equal(error.kind, kind, error.message);
  return true;
};

test("the client answers the hello with what both sides know", async () => {
  const { promise, resolve } = Promise.withResolvers<object>();
  await using server = await scriptedServer(async (peer) => {
    peer.hello({ features: ["log", "something_new", "noise", "client_ids"] });
    resolve(await peer.hears());
  });
  const opening = linked(server);
  assert.deepEqual(await promise, {
    type: "client_hello",
    version: "1.0",
    client_name: "test",
    features: ["client_ids", "log", "noise"],
  });
  await server[Symbol.asyncDispose]();
  await assert.rejects(opening);
});

const misfits: [string, object, RegExp][] = [
  ["lacks what this client needs", { features: ["log"] }, /lacks client_ids/],
  ["is of another major version", { version: "2.0" }, /version 2\.0/],
];

for (const [what, changes, words] of misfits) {
  test(`a server that ${what} is refused in clear words`, async () => {
    await using server = await scriptedServer((peer) => peer.hello(changes));
    await assert.rejects(linked(server), (error: ConnectionError) => {
      assert.match(error.message, words);
      return isKind("incompatible")(error);
    });
  });
}

test("a server that does not begin with a hello is not one of ours", async () => {
  await using server = await scriptedServer((peer) => peer.say({ type: "welcome" }));
  await assert.rejects(linked(server), isKind("not_chat"));
});

test("a server that says nothing is given up after the time for a hello", async () => {
  await using server = await scriptedServer(() => undefined);
  const clock = manualClock();
  const transport = await openTcp(server.address, await noise());
  const opening = openLink({ transport, clock, clientName: "test", onEvent: () => undefined });
  clock.advance(10_000);
  await assert.rejects(opening, isKind("says_nothing"));
});

test("answers find their questions in whatever order they come", async () => {
  await using server = await greeting(async (peer) => {
    const first = await peer.hears();
    const second = await peer.hears();
    const user = {
      id: "00000000-0000-7000-8000-000000000001",
      username: "ann",
      email: "",
      role: "user",
      created_at: server_time,
      updated_at: server_time,
      last_seen_at: null,
    };
    const unread_counts = { total: 0, by_room: {}, by_dm: {} };
    const answer = { success: true, user, unread_counts };
    peer.say({ type: "get_current_user_response", request_id: second["request_id"], ...answer });
    peer.say({ type: "pong", request_id: first["request_id"], success: true, server_time });
  });
  await using session = await linked(server);
  const [pong, me] = await Promise.all([
    session.link.call("ping", {}),
    session.link.call("get_current_user", {}),
  ]);
  assert.equal(pong.server_time, server_time);
  assert.equal(me.user.username, "ann");
});

test("a refusal arrives as the error it is", async () => {
  await using server = await greeting(async (peer) => {
    const { request_id } = await peer.hears();
    const error = { code: "rate_limited", message: "Slow down.", retry_after: 3 };
    peer.say({ type: "join_room_response", request_id, success: false, error });
  });
  await using session = await linked(server);
  await assert.rejects(session.link.call("get_current_user", {}), (error) => {
    assert.ok(error instanceof ChatError);
    assert.deepEqual([error.code, error.retryAfter], ["rate_limited", 3]);
    return true;
  });
});

test("an answer that is not what was promised is an error and not a surprise later", async () => {
  await using server = await greeting(async (peer) => {
    const { request_id } = await peer.hears();
    peer.say({ type: "pong", request_id, success: true, server_time: 5 });
  });
  await using session = await linked(server);
  await assert.rejects(session.link.call("ping", {}), { code: "invalid_message" });
});

test("calls that were not answered end with the connection, their outcome unknown", async () => {
  await using server = await greeting(async (peer) => {
    await peer.hears();
    peer.socket.destroy();
  });
  await using session = await linked(server);
  await assert.rejects(session.link.call("ping", {}), (error) => error instanceof ConnectionError);
  await assert.rejects(session.link.call("ping", {}), (error) => error instanceof ConnectionError);
});

test("the reason the server gives before it closes is the reason the person reads", async () => {
  await using server = await greeting((peer) => {
    peer.say({ type: "server_notice", message: "Restart", severity: "info", reconnect_after: 4 });
    peer.say({ type: "error", code: "shutting_down", message: "Back in a moment." });
    peer.socket.end();
  });
  await using session = await linked(server);
  const reason = await session.link.closed;
  assert.equal(reason.message, "Back in a moment.");
  assert.equal(reason.reconnectAfter, 4);
  assert.deepEqual(
    session.events.map(({ type }) => type),
    ["server_notice", "error"],
  );
});

test("a silent connection is asked for a sign of life and then taken for dead", async () => {
  const { promise: pinged, resolve } = Promise.withResolvers<object>();
  await using server = await greeting(async (peer) => resolve(await peer.hears()));
  await using session = await linked(server);
  session.clock.advance(20_000);
  assert.deepEqual(await pinged, { type: "ping", request_id: "ping" });
  session.clock.advance(24_999);
  session.clock.advance(1);
  assert.equal((await session.link.closed).kind, "silent");
});

test("a connection with a sign of life lives on", async () => {
  await using server = await greeting(async (peer) => {
    for (;;) {
      const { request_id } = await peer.hears();
      peer.say({ type: "pong", request_id, success: true, server_time });
    }
  });
  await using session = await linked(server);
  for (let minute = 0; minute < 5; minute += 1) {
    session.clock.advance(20_000);
    await session.link.call("ping", {});
  }
});

test("a call that is not answered in time is given up, and the connection goes on", async () => {
  await using server = await greeting(async (peer) => {
    await peer.hears();
    const { request_id } = await peer.hears();
    peer.say({ type: "pong", request_id, success: true, server_time });
  });
  await using session = await linked(server);
  const slow = session.link.call("ping", {}, { timeoutMs: 1_000 });
  session.clock.advance(1_000);
  await assert.rejects(slow, isKind("no_answer"));
  await session.link.call("ping", {});
});

test("no more calls are under way at once than the server takes, and no endless number waits", async () => {
  const seen: unknown[] = [];
  const { promise: full, resolve } = Promise.withResolvers<void>();
  await using server = await greeting(async (peer) => {
    for (;;) {
      seen.push((await peer.hears())["request_id"]);
      if (seen.length === 31) resolve();
    }
  });
  await using session = await linked(server);
  const calls = Array.from({ length: 31 + 256 }, () => session.link.call("ping", {}));
  const ends = Promise.allSettled(calls);
  await assert.rejects(session.link.call("ping", {}), isKind("too_busy"));
  await full;
  session.link.close(new ConnectionError("stopped", ""));
  assert.ok((await ends).every(({ status }) => status === "rejected"));
  assert.equal(seen.length, 31);
});

const hostile: [string, string][] = [
  ["no JSON", "{"],
  ["no object", "[]"],
  ["a forbidden key", '{"type":"x","__proto__":{}}'],
  ["depth without end", `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`],
];

for (const [what, text] of hostile) {
  test(`${what} from the server ends the connection with words`, async () => {
    await using server = await greeting((peer) => peer.sayRaw(text));
    await using session = await linked(server);
    assert.equal((await session.link.closed).kind, "broken_protocol");
  });
}

test("events that are unknown or not whole are passed over", async () => {
  await using server = await greeting((peer) => {
    peer.say({ type: "poll_opened" });
    peer.say({ type: "message_received", seq: "one" });
    peer.say({ type: 7 });
    peer.say({ no: "type" });
    peer.say({ type: "server_notice", message: "still here", severity: "info", extra: 1 });
    peer.socket.end();
  });
  await using session = await linked(server);
  await session.link.closed;
  assert.deepEqual(
    session.events.map(({ type }) => type),
    ["server_notice"],
  );
});
