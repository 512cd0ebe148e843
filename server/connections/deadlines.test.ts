import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { WireClient } from "../test/wire-client.ts";
import { SmallServer, sessionOf, user } from "./test/small-server.ts";

const soon = {
  sweepMs: 10,
  helloMs: 80,
  signInMs: 160,
  legacySignInMs: 320,
  idleMs: 80,
};

async function isClosedFor(client: WireClient, code: string): Promise<void> {
  const error = await client.expects("error");
  assert.equal(error.code, code);
  await client.closed();
}

test("who says no hello is closed, pings or not", async () => {
  await using server = await SmallServer.start({
    limits: { ...soon, signInMs: 60_000, framesBeforeSignIn: 1_000_000 },
  });
  await using silent = await server.connect();
  await using pinging = await server.connect();
  const pings = pingUntilClosed(pinging);
  await isClosedFor(silent, "timeout");
  await pings;
  assert.equal(pinging.unread("error")[0]?.["code"], "timeout");
});

test("who does not sign in is closed, pings or not", async () => {
  await using server = await SmallServer.start({
    limits: { ...soon, helloMs: 60_000, framesBeforeSignIn: 1_000_000 },
  });
  await using client = await server.connect();
  await client.hello();
  await pingUntilClosed(client);
  assert.equal(client.unread("error")[0]?.["code"], "timeout");
});

test("a client of 1.x, behind which a person may be typing, has longer than ours", async () => {
  await using server = await SmallServer.start({
    limits: { ...soon, helloMs: 60_000, signInMs: 10, legacySignInMs: 60_000 },
  });
  await using ours = await server.connect();
  await using legacy = await server.connect();
  await legacy.hello([]);
  await ours.hello();
  await isClosedFor(ours, "timeout");
  await legacy.settle();
});

test("a sign-in that was asked for in time is answered, however long that takes", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await SmallServer.start({
    limits: { ...soon, idleMs: 60_000 },
    handlers: {
      authenticate: async (call) => {
        await gate.promise;
        await call.signIn(sessionOf("ann"));
        return {};
      },
    },
  });
  await using late = await server.connect();
  await using client = await server.connect();
  await late.hello();
  await client.hello();
  const request = client.request("authenticate", { token: "ann" });
  await isClosedFor(late, "timeout");
  gate.resolve();
  await client.replyTo(request);
  await client.settle();
});

test("who has signed in and falls silent is closed, who pings is not", async () => {
  await using server = await SmallServer.start({ limits: { ...soon, helloMs: 60_000 } });
  await using silent = await server.signedIn("ann");
  await using pinging = await server.signedIn("bob");
  let isOver = false;
  const pings = (async () => {
    while (!isOver) await pinging.settle();
  })();
  await isClosedFor(silent, "timeout");
  isOver = true;
  await pings;
});

test("who speaks resume has to say something twice as often as who does not", async () => {
  await using server = await SmallServer.start({
    limits: { ...soon, helloMs: 60_000, idleMs: 60_000, resumingIdleMs: 80 },
  });
  await using old = await server.signedIn("ann", []);
  await using strict = await server.signedIn("bob", ["client_ids"]);
  await using resuming = await server.signedIn("cleo", ["client_ids", "resume"]);
  await isClosedFor(resuming, "timeout");
  for (const client of [old, strict]) await client.settle();
});

async function pingUntilClosed(client: WireClient): Promise<void> {
  try {
    for (;;) await client.settle();
  } catch {
    await client.closed();
  }
}

test("a session that was ended elsewhere is noticed though nobody told", async () => {
  await using server = await SmallServer.start({ limits: { sweepMs: 10, recheckMs: 30 } });
  await using client = await server.signedIn("ann");
  server.endedSessions.add(sessionOf("ann").id);
  await isClosedFor(client, "session_not_found");
  assert.equal(server.hub.isOnline(user("ann")), false);
});

test("an expired session closes its connection, one that was extended does not", async () => {
  const expiresAt = Date.now() + 100;
  await using server = await SmallServer.start({
    limits: { sweepMs: 10, recheckMs: 60_000, expiringMs: 0 },
    handlers: {
      authenticate: async (call, { token }) => {
        await call.signIn({ ...sessionOf(String(token)), expiresAt });
        return {};
      },
    },
  });
  await using expiring = await server.signedIn("ann");
  await using extended = await server.signedIn("bob");
  server.endedSessions.add(sessionOf("ann").id);
  server.sessionEnds.set(sessionOf("bob").id, expiresAt + 3_600_000);
  await isClosedFor(expiring, "session_expired");
  await extended.settle();
});

test("that a session ends soon is told once, and once more for another end", async () => {
  const hour = 3_600_000;
  await using server = await SmallServer.start({
    limits: { sweepMs: 5, recheckMs: 10, expiringMs: 5 * hour },
  });
  await using ann = await server.signedIn("ann");
  const { id } = sessionOf("ann");
  const first = await ann.expects("session_expiring");
  assert.equal(first.session_id, id);
  assert.ok(Date.parse(first.expires_at) <= Date.now() + hour);
  const later = Date.now() + 2 * hour;
  server.sessionEnds.set(id, later);
  const second = await ann.expects("session_expiring");
  assert.equal(second.expires_at, new Date(later).toISOString());
  server.sessionEnds.set(id, later + 24 * hour);
  const before = server.rechecks;
  await server.until(() => server.rechecks > before + 3);
  await ann.settle();
  assert.deepEqual(ann.unread("session_expiring"), []);
});

test("who sends too fast is told to wait, each time, and closed where that changes nothing", async () => {
  await using server = await SmallServer.start({
    limits: { framesBurst: 10, framesPerSecond: 0.001, refusedFramesPerMinute: 5 },
  });
  await using client = await server.connect();
  await client.hello();
  await client.call("authenticate", { token: "ann" });
  for (let sent = 2; sent < 10; sent += 1) await client.settle();
  for (let sent = 0; sent < 5; sent += 1) {
    const refused = await client.refusal("ping", {});
    assert.equal(refused.code, "rate_limited");
    assert.ok((refused.retryAfter ?? 0) > 100);
  }
  client.send({ type: "ping" });
  await isClosedFor(client, "rate_limited");
});

test("only so many messages may come before signing in", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  await client.hello();
  for (let sent = 1; sent < limits.framesBeforeSignIn; sent += 1) await client.settle();
  client.send({ type: "ping" });
  await isClosedFor(client, "rate_limited");
});

test("three messages without sense before signing in are enough", async () => {
  await using server = await SmallServer.start();
  await using client = await server.connect();
  await client.hello();
  for (let sent = 0; sent < 9; sent += 1) client.send({ type: "fly" });
  for (let got = 0; got < 3; got += 1) {
    await client.expects("error", ({ code }) => code === "unknown_type");
  }
  await isClosedFor(client, "rate_limited");
});

test("twenty messages without sense within a minute are enough", async () => {
  await using server = await SmallServer.start();
  await using client = await server.signedIn("ann");
  for (let sent = 0; sent < 30; sent += 1) client.send({ type: "fly" });
  for (let got = 0; got < 20; got += 1) {
    await client.expects("error", ({ code }) => code === "unknown_type");
  }
  await isClosedFor(client, "rate_limited");
});
