import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { conversation, SmallServer, user } from "./test/small-server.ts";

const deleted = {
  type: "room_deleted",
  room_id: "room" as RoomId,
  room_name: "room",
  deleted_by: user("ann"),
} as const;

test("a conversation that is closed says so to all who were in it, after what came before, and nothing more", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  server.join("room", "bob");
  await using ann = await server.signedIn("ann");
  await using bob = await server.signedIn("bob");
  await using cleo = await server.signedIn("cleo");
  server.message("room", "before");
  server.hub.closeConversation(conversation("room"), deleted, [user("ann"), user("bob")]);
  server.message("room", "after");
  for (const client of [ann, bob]) {
    await client.expects("message_received");
    await client.expects("room_deleted");
    await client.settle();
    assert.deepEqual(client.unread("message_received"), []);
  }
  await cleo.settle();
  assert.deepEqual(cleo.unread("room_deleted"), []);
});

test("who is told while his conversations are being loaded does not listen to the closed one afterwards", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  server.beforeLoading = () => {
    asked.resolve();
    return gate.promise;
  };
  await using ann = await server.connect();
  await ann.hello();
  const signingIn = ann.call("authenticate", { token: "ann" });
  await asked.promise;
  server.hub.closeConversation(conversation("room"), deleted, [user("ann")]);
  gate.resolve();
  await signingIn;
  server.message("room", "after");
  await ann.settle();
  assert.deepEqual(ann.unread("message_received"), []);
});
