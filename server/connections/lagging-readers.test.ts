import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireMessage } from "../test/wire-client.ts";
import { conversation, SmallServer, sessionOf, user } from "./test/small-server.ts";

const block = "x".repeat(64 * 1024);
const resuming = ["client_ids", "log", "resume"];
const bytes = 12 * 1024 * 1024;

/** Messages and resyncs in the order they came, as seqs and as the word. */
function heard(received: readonly WireMessage[]): readonly (number | "resync")[] {
  const words: (number | "resync")[] = [];
  for (const message of received) {
    if (message["type"] === "resync") words.push("resync");
    if (message["type"] === "message_received") words.push(Number(message["seq"]));
  }
  return words;
}

/** Pushes until so many readers are left out, and then as much again as makes megabytes. */
async function flood(server: SmallServer, lags: number): Promise<number> {
  let sent = 0;
  const send = async () => {
    server.message("room", block);
    sent += 1;
    await new Promise(setImmediate);
  };
  while (server.connections.lagCounts.lags < lags) {
    assert.ok(sent < 3_000, "nobody was ever left out");
    await send();
  }
  for (let more = 0; more * block.length < bytes; more += 1) await send();
  return sent;
}

test("a reader that can resume and stops is left out, and is told when it is pushed to again", async () => {
  await using server = await SmallServer.start();
  for (const name of ["fast", "slow"]) server.join("room", name);
  await using fast = await server.signedIn("fast");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  const sent = await flood(server, 1);
  assert.deepEqual(server.connections.lagCounts, { lagging: 1, lags: 1, resyncs: 0, givenUp: 0 });
  await fast.expects("message_received", ({ seq }) => seq === sent + 2);
  assert.ok(server.hub.isOnline(user("slow")), "it was closed");
  slow.startReading();
  await slow.expects("resync");
  for (let more = 0; more < 3; more += 1) server.message("room", "after");
  await slow.expects("message_received", ({ seq }) => seq === sent + 5);
  const got = heard(slow.received);
  const at = got.indexOf("resync");
  // What came before has no hole, what comes behind has none, and between them something is missing.
  const first = got.slice(0, at);
  assert.deepEqual(
    first,
    first.map((_, index) => index + 3),
  );
  assert.ok(first.length < sent - bytes / block.length, "everything waited after all");
  assert.deepEqual(got.slice(at), ["resync", sent + 3, sent + 4, sent + 5]);
  assert.deepEqual(server.connections.lagCounts, { lagging: 0, lags: 1, resyncs: 1, givenUp: 0 });
});

test("who is left out still gets what it asks for", async () => {
  await using server = await SmallServer.start();
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  await flood(server, 1);
  const asked = slow.request("ping", {});
  slow.startReading();
  await slow.replyTo(asked);
  await slow.expects("resync");
});

test("answers that wait when a reader comes to be left out are not left out with what was pushed", async () => {
  await using server = await SmallServer.start();
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  const asked: string[] = [];
  while (server.connections.lagCounts.lags === 0) {
    assert.ok(asked.length < 3_000, "nobody was ever left out");
    server.message("room", block);
    asked.push(slow.request("ping", {}));
    await new Promise(setImmediate);
  }
  slow.startReading();
  for (const request of asked) await slow.replyTo(request);
});

test("who is left out still hears what no log holds: notices, and that the session ends soon", async () => {
  await using server = await SmallServer.start({ limits: { sweepMs: 10, recheckMs: 20 } });
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  let notices = 0;
  const notify = async () => {
    server.hub.toEveryone({ type: "server_notice", severity: "info", message: `${notices}` });
    notices += 1;
    server.message("room", block);
    await new Promise(setImmediate);
  };
  while (server.connections.lagCounts.lags === 0) await notify();
  for (let more = 0; more < 10; more += 1) await notify();
  const { rechecks } = server;
  server.sessionEnds.set(sessionOf("slow").id, Date.now() + 60_000);
  await server.until(() => server.rechecks > rechecks + 2);
  slow.startReading();
  await slow.expects("resync");
  await slow.expects("session_expiring");
  const heardNotices = slow.received.filter(({ type }) => type === "server_notice");
  assert.deepEqual(
    heardNotices.map(({ message }) => message),
    Array.from({ length: notices }, (_, index) => `${index}`),
  );
  assert.deepEqual(server.connections.lagCounts, { lagging: 0, lags: 1, resyncs: 1, givenUp: 0 });
});

test("who is left out and reads nothing is closed when too much waits that no log holds", async () => {
  const limits = { outboxLagBytes: 128 * 1024, outboxBytes: 256 * 1024, closeGraceMs: 100 };
  await using server = await SmallServer.start({ limits });
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  await flood(server, 1);
  const notice = { type: "server_notice" as const, severity: "info", message: block };
  for (let sent = 0; server.connections.size > 0; sent += 1) {
    assert.ok(sent < 3_000, "it was never closed");
    server.hub.toEveryone(notice);
    await new Promise((done) => setTimeout(done, 1));
  }
  const { lags, givenUp } = server.connections.lagCounts;
  assert.deepEqual({ lags, givenUp }, { lags: 1, givenUp: 1 });
});

test("what is of the moment is left out first, and is no reason to resync", async () => {
  await using server = await SmallServer.start();
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  const typing = { type: "server_notice" as const, severity: "info", message: block };
  const notify = async () => {
    server.hub.toConversation(conversation("room"), typing, user("nobody"));
    await new Promise(setImmediate);
  };
  for (let count = 0; count * block.length < bytes; count += 1) await notify();
  server.message("room", "hi");
  slow.startReading();
  await slow.expects("message_received");
  await slow.settle();
  assert.deepEqual(heard(slow.received), [2]);
  assert.deepEqual(server.connections.lagCounts, { lagging: 0, lags: 0, resyncs: 0, givenUp: 0 });
});

test("a reader that is left out and reads nothing at all is closed, and is no longer counted", async () => {
  await using server = await SmallServer.start({
    limits: { outboxStallMs: 300, sweepMs: 20, closeGraceMs: 100 },
  });
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  slow.stopReading();
  await flood(server, 1);
  await server.until(() => server.connections.size === 0);
  assert.deepEqual(server.connections.lagCounts, { lagging: 0, lags: 1, resyncs: 0, givenUp: 1 });
});

test("a reader that stops again after a resync is left out again", async () => {
  await using server = await SmallServer.start();
  server.join("room", "slow");
  await using slow = await server.signedIn("slow", resuming);
  for (let times = 1; times <= 3; times += 1) {
    slow.stopReading();
    await flood(server, times);
    slow.startReading();
    await slow.expects("resync");
  }
  assert.deepEqual(server.connections.lagCounts, { lagging: 0, lags: 3, resyncs: 3, givenUp: 0 });
});
