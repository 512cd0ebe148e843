import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "@lair-chat/protocol/ids.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { WireClient } from "../test/wire-client.ts";
import { SmallServer, user } from "./test/small-server.ts";

const resuming = ["client_ids", "log", "resume"];

function ended(number: number): EventOf<"sessions_ended"> {
  return { type: "sessions_ended", session_ids: [`${number}` as SessionId] };
}

async function userSeqs(client: WireClient): Promise<unknown[]> {
  await client.settle();
  return client.unread("sessions_ended").map((event) => event["user_seq"]);
}

test("every connection that can resume hears what its user's own log brings, in its order, and no other", async () => {
  await using server = await SmallServer.start();
  server.tellOwn("ann", ended(0));
  await using first = await server.signedIn("ann", resuming);
  await using second = await server.signedIn("ann/2", resuming);
  await using old = await server.signedIn("ann/3");
  await using bob = await server.signedIn("bob", resuming);
  for (let number = 1; number <= 250; number += 1) server.tellOwn("ann", ended(number));
  const expected = Array.from({ length: 250 }, (_, index) => index + 2);
  for (const client of [first, second]) {
    await client.expects("sessions_ended", ({ user_seq: seq }) => seq === 251);
    assert.deepEqual([...(await userSeqs(client)), 251], expected);
  }
  assert.deepEqual(await userSeqs(old), []);
  assert.deepEqual(await userSeqs(bob), []);
});

test("what is committed while a connection begins is told to it or was there before", async () => {
  await using server = await SmallServer.start();
  await using ann = await server.connect();
  await ann.hello(resuming);
  const gate = Promise.withResolvers<void>();
  server.beforeLoading = () => gate.promise;
  const signIn = ann.request("authenticate", { token: "ann" });
  await server.until(() => server.isAttached("ann"));
  server.tellOwn("ann", ended(1));
  gate.resolve();
  server.tellOwn("ann", ended(2));
  await ann.replyTo(signIn);
  server.tellOwn("ann", ended(3));
  await ann.expects("sessions_ended", ({ user_seq: seq }) => seq === 3);
  const before = await userSeqs(ann);
  // What is not told is below all that is: a resume after the reply reads it.
  assert.deepEqual(before, [1, 2].slice(2 - before.length));
});

test("an event that is in the user's own log comes once: with its place to those who know it", async () => {
  await using server = await SmallServer.start();
  await using ann = await server.signedIn("ann", resuming);
  await using plain = await server.signedIn("ann/2", ["client_ids"]);
  await using old = await server.signedIn("ann/3", []);
  const event = {
    type: "invitation_cancelled",
    invitation_id: "00000000-0000-7000-8000-000000000000" as never,
    reason: "expired",
  } as const;
  server.userLogs.set(user("ann"), [event]);
  server.hub.toUser(user("ann"), event);
  await ann.settle();
  await plain.settle();
  await old.settle();
  assert.deepEqual(ann.unread("invitation_cancelled"), [{ ...event, user_seq: 1 }]);
  assert.deepEqual(plain.unread("invitation_cancelled"), [event]);
  assert.deepEqual(old.unread("invitation_cancelled"), []);
});

test("who comes back hears what is new and not what was told before", async () => {
  await using server = await SmallServer.start();
  const first = await server.signedIn("ann", resuming);
  server.tellOwn("ann", ended(1));
  await first.expects("sessions_ended");
  await first.close();
  await server.until(() => server.connections.size === 0);
  server.tellOwn("ann", ended(2));
  await using again = await server.signedIn("ann", resuming);
  server.tellOwn("ann", ended(3));
  await again.expects("sessions_ended", ({ user_seq: seq }) => seq === 3);
  assert.deepEqual(await userSeqs(again), []);
});
