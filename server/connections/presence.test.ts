import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireClient } from "../test/wire-client.ts";
import { HandTurned } from "./test/hand-turned.ts";
import { SmallServer } from "./test/small-server.ts";

const names = Array.from({ length: 200 }, (_, number) => `member ${number}`);

/** Who was told to be online or offline, in order. */
function heard({ received }: WireClient, type: "user_online" | "user_offline"): unknown[] {
  return received.filter((message) => message["type"] === type).map(({ username }) => username);
}

function pauseEnds(time: HandTurned, server: SmallServer): Promise<void> {
  time.pass(60_000);
  return server.until(() => server.hub.stats().presenceChanges === 0);
}

test("200 who come, and leave at once, are each told once to who stays, in few writes", async () => {
  const time = new HandTurned();
  await using server = await SmallServer.start({ schedule: time.schedule });
  for (const name of ["ann", ...names]) server.join("room", name);
  await using ann = await server.signedIn("ann");
  const others = await Promise.all(names.map((name) => server.signedIn(name)));
  await pauseEnds(time, server);
  await ann.settle();
  assert.deepEqual(heard(ann, "user_online").sort(), names.toSorted());
  let reads = 0;
  ann.socket.on("data", () => {
    reads += 1;
  });
  time.pass(60_000);
  await Promise.all(others.map((client) => client.close()));
  await server.until(() => server.connections.size === 1);
  await pauseEnds(time, server);
  await ann.settle();
  assert.deepEqual(heard(ann, "user_offline").sort(), names.toSorted());
  assert.equal(heard(ann, "user_online").length, names.length);
  assert.ok(reads < 20, `${reads} reads`);
});

test("who connects again before the pause is over has not been gone for the others", async () => {
  const time = new HandTurned();
  await using server = await SmallServer.start({ schedule: time.schedule });
  for (const name of ["ann", "bob", "cleo"]) server.join("room", name);
  await using ann = await server.signedIn("ann");
  const bob = await server.signedIn("bob");
  await ann.expects("user_online");
  await bob.close();
  await server.until(() => server.connections.size === 1);
  await using again = await server.signedIn("bob");
  await using cleo = await server.signedIn("cleo");
  await cleo.settle();
  await pauseEnds(time, server);
  await ann.expects("user_online", ({ username }) => username === "cleo");
  await again.expects("user_online", ({ username }) => username === "cleo");
  await ann.settle();
  assert.deepEqual(heard(ann, "user_online"), ["bob", "cleo"]);
  assert.deepEqual(heard(ann, "user_offline"), []);
  assert.deepEqual(heard(again, "user_online"), ["cleo"]);
});

test("who came is told by itself when the pause is over", async () => {
  await using server = await SmallServer.start();
  for (const name of ["ann", "bob", "cleo"]) server.join("room", name);
  await using ann = await server.signedIn("ann");
  const bob = await server.signedIn("bob");
  await using cleo = await server.signedIn("cleo");
  await bob.close();
  for (const client of [ann, cleo]) {
    await client.expects("user_offline", ({ username }) => username === "bob");
  }
  await ann.expects("user_online", ({ username }) => username === "cleo");
});
