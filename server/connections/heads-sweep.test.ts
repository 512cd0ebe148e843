import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { WireClient } from "../test/wire-client.ts";
import { SmallServer } from "./test/small-server.ts";

const withHeads = ["client_ids", "log", "resume", "heads"];

/** What a client is told in this round: rooms with their heads. */
async function told(server: SmallServer, client: WireClient) {
  await server.heads.round();
  await client.settle();
  const events = client.unread("heads") as unknown as EventOf<"heads">[];
  const all = events.flatMap(({ heads }) => heads);
  while (client.unread("heads").length > 0) await client.expects("heads");
  return all.map(({ target, seq }) => [target.type === "room" ? target.room_id : "dm", seq]);
}

async function ready() {
  const server = await SmallServer.start();
  for (const room of ["one", "two"]) for (const name of ["ann", "bob"]) server.join(room, name);
  // Somebody else's round has seen these before.
  const bob = await server.signedIn("bob", withHeads);
  await server.heads.round();
  await bob.expects("heads");
  const ann = await server.signedIn("ann", withHeads);
  return { server, ann, bob };
}

test("a push that was lost is found by the heads, though nothing follows it", async () => {
  const { server, ann, bob } = await ready();
  await using _all = disposing(server, ann, bob);
  server.loseMessage("two");
  assert.deepEqual(await told(server, ann), [["two", 3]]);
});

test("heads are told of what changed since they were told last, and of nothing else", async () => {
  const { server, ann, bob } = await ready();
  await using _all = disposing(server, ann, bob);
  assert.deepEqual(await told(server, ann), []);
  server.message("one", "hi");
  assert.deepEqual(await told(server, ann), [["one", 3]]);
  assert.deepEqual(await told(server, ann), []);
  server.message("one", "hi");
  server.message("two", "hi");
  assert.deepEqual(await told(server, ann), [
    ["one", 4],
    ["two", 3],
  ]);
});

test("what changes between two users of one round is told to the first in the next", async () => {
  const { server, ann, bob } = await ready();
  await using _all = disposing(server, ann, bob);
  for (let turn = 0; turn < 20; turn += 1) {
    const round = server.heads.round();
    server.loseMessage("one");
    await round;
  }
  await server.heads.round();
  for (const client of [ann, bob]) {
    await client.expects("heads", ({ heads }) => heads.some(({ seq }) => seq === 22));
  }
});

test("who does not speak heads hears none", async () => {
  const { server, ann, bob } = await ready();
  await using _all = disposing(server, ann, bob);
  await using old = await server.signedIn("ann/2", ["client_ids", "log"]);
  server.message("one", "hi");
  assert.deepEqual(await told(server, ann), [["one", 3]]);
  await old.settle();
  assert.deepEqual(old.unread("heads"), []);
});

test("heads say how far the user's own log goes when it has grown", async () => {
  const { server, ann, bob } = await ready();
  await using _all = disposing(server, ann, bob);
  server.tellOwn("ann", { type: "sessions_ended", session_ids: [] });
  await server.heads.round();
  assert.equal((await ann.expects("heads")).user_seq, 1);
  await server.heads.round();
  await ann.settle();
  await bob.settle();
  assert.deepEqual(ann.unread("heads"), []);
  assert.deepEqual(bob.unread("heads"), []);
});

test("a conversation of many heads comes in events that fit into a frame", async () => {
  await using server = await SmallServer.start();
  for (let room = 0; room < 1_100; room += 1) server.join(`room ${room}`, "ann");
  await using ann = await server.signedIn("ann", withHeads);
  await server.heads.round();
  const sizes: number[] = [];
  for (let event = 0; event < 3; event += 1) sizes.push((await ann.expects("heads")).heads.length);
  assert.deepEqual(sizes, [500, 500, 100]);
});

test("rounds come by themselves", async () => {
  await using server = await SmallServer.start({ limits: { headsMs: 20 } });
  server.join("room", "ann");
  await using ann = await server.signedIn("ann", withHeads);
  server.heads.start();
  server.loseMessage("room");
  await ann.expects("heads", ({ heads }) => heads[0]?.seq === 2);
  server.loseMessage("room");
  await ann.expects("heads", ({ heads }) => heads[0]?.seq === 3);
});

function disposing(...all: AsyncDisposable[]): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  for (const one of all) stack.use(one);
  return stack;
}
