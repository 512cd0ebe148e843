import assert from "node:assert/strict";
import { test } from "node:test";
import { SmallServer, user } from "./test/small-server.ts";

const block = "x".repeat(64 * 1024);

test("a reader that stops is cut off with a reason while the others get everything", async () => {
  await using server = await SmallServer.start();
  for (const name of ["fast", "slow"]) server.join("room", name);
  await using fast = await server.signedIn("fast");
  await using slow = await server.signedIn("slow");
  await fast.expects("user_online");
  slow.stopReading();
  let sent = 0;
  while (server.hub.isOnline(user("slow"))) {
    assert.ok(sent < 3_000, "the slow reader was never given up");
    server.message("room", block);
    await fast.expects("message_received", ({ seq }) => seq === sent + 3);
    sent += 1;
  }
  assert.ok(sent * block.length > 1024 * 1024, "it was given up too soon");
  slow.startReading();
  const error = await slow.expects("error");
  assert.equal(error.code, "slow_consumer");
  await slow.closed();
  assert.equal(
    slow.received.at(-1),
    slow.received.find((got) => got["type"] === "error"),
  );
  for (let more = 0; more * block.length < 12 * 1024 * 1024; more += 1) {
    server.message("room", block);
    await fast.expects("message_received");
  }
  await server.until(() => server.connections.size === 1);
});

test("a reader that takes nothing for too long is cut off, however little waits for it", async () => {
  await using server = await SmallServer.start({
    limits: { outboxStallMs: 200, sweepMs: 20, outboxBytes: 64 * 1024 * 1024, closeGraceMs: 200 },
  });
  server.join("room", "slow");
  await using slow = await server.signedIn("slow");
  slow.stopReading();
  for (let sent = 0; sent < 200; sent += 1) server.message("room", block);
  await server.until(() => server.connections.size === 0);
});

test("one turn may bring a reader that keeps up more than may wait", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  await using ann = await server.signedIn("ann");
  const count = 300;
  for (let sent = 0; sent < count; sent += 1) server.message("room", block);
  for (let got = 0; got < count; got += 1) await ann.expects("message_received");
});

test("who asks for much and does not read waits for its own answers, and gets all of them", async () => {
  const page = { users: ["x".repeat(200 * 1024)] };
  let started = 0;
  await using server = await SmallServer.start({
    handlers: {
      list_users: () => {
        started += 1;
        return page;
      },
    },
  });
  await using client = await server.signedIn("ann");
  client.stopReading();
  const requests = Array.from({ length: 200 }, () => client.request("list_users", {}));
  await using other = await server.signedIn("bob");
  await other.settle();
  assert.ok(started < 100, `${started} answers were made for somebody who reads none`);
  client.startReading();
  for (const request of requests) await client.replyTo(request);
  assert.equal(started, 200);
});
