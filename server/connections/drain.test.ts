import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { SmallServer } from "./test/small-server.ts";

test("going down tells everybody when to come back, answers what was asked, and closes", async () => {
  const gate = Promise.withResolvers<object>();
  await using server = await SmallServer.start({ handlers: { get_user: () => gate.promise } });
  await using idle = await server.signedIn("ann");
  await using busy = await server.signedIn("bob");
  await using stranger = await server.connect();
  const request = busy.request("get_user", { user_id: "x" as UserId });
  await busy.settle();
  server.listener.stopAccepting();
  const drained = server.connections.drain(10_000);
  for (const client of [idle, busy, stranger]) {
    const notice = await client.expects("server_notice");
    assert.equal(notice.severity, "warning");
    const after = notice.reconnect_after ?? 0;
    assert.ok(after >= 0.25 && after <= 5, `${after} seconds`);
  }
  await idle.closed();
  await stranger.closed();
  gate.resolve({});
  await busy.replyTo(request);
  await busy.closed();
  await drained;
  assert.equal(server.admission.open, 0);
});

test("what is not done in time is cut", async () => {
  const never = new Promise<object>(() => undefined);
  await using server = await SmallServer.start({ handlers: { get_user: () => never } });
  await using client = await server.signedIn("ann");
  client.request("get_user", { user_id: "x" as UserId });
  await client.settle();
  await server.connections.drain(50);
  await client.closed();
  assert.equal(server.connections.size, 0);
});

test("who comes while it goes down is told so and closed", async () => {
  const never = new Promise<object>(() => undefined);
  await using server = await SmallServer.start({ handlers: { get_user: () => never } });
  await using client = await server.signedIn("ann");
  client.request("get_user", { user_id: "x" as UserId });
  await client.settle();
  const drained = server.connections.drain(500);
  await using late = await server.connect();
  await late.expects("server_notice");
  await late.closed();
  await drained;
});
