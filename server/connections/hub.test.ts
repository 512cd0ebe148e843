import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId, SessionId } from "@lair-chat/protocol/ids.ts";
import type { WireClient } from "../test/wire-client.ts";
import { conversation, SmallServer, user } from "./test/small-server.ts";

/** What a client heard and nothing has taken, shortly. */
function heard(client: WireClient): string[] {
  return client
    .unread()
    .filter((message) => message["type"] !== "server_hello")
    .map((message) => {
      const { content } = (message["message"] ?? {}) as { content?: unknown };
      const who = message["username"] ?? (message["user"] as { id?: unknown } | undefined)?.id;
      return [message["type"], content ?? who].join(" ");
    });
}

async function settle(...clients: WireClient[]): Promise<void> {
  for (const client of clients) await client.settle();
}

test("a message reaches every connection of every member, and nobody else", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  server.join("room", "bob");
  await using ann = await server.signedIn("ann");
  await using second = await server.signedIn("ann/2");
  await using bob = await server.signedIn("bob");
  await using cleo = await server.signedIn("cleo");
  server.message("room", "hi");
  for (const client of [ann, second, bob]) await client.expects("message_received");
  await settle(cleo);
  assert.deepEqual(heard(cleo), []);
});

test("who joins hears the join and what comes after it, in one turn with what came before", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  await using ann = await server.signedIn("ann");
  await using bob = await server.signedIn("bob");
  server.message("room", "before");
  server.join("room", "bob");
  server.message("room", "after");
  await settle(ann, bob);
  assert.deepEqual(heard(bob), ["user_joined_room bob", "message_received after"]);
  assert.deepEqual(heard(ann), [
    "message_received before",
    "user_joined_room bob",
    "message_received after",
  ]);
});

test("who leaves hears the leave and nothing after it, in one turn with what came before", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  server.join("room", "bob");
  await using ann = await server.signedIn("ann");
  await using bob = await server.signedIn("bob");
  await ann.expects("user_online");
  server.message("room", "before");
  server.leave("room", "bob");
  server.message("room", "after");
  await settle(ann, bob);
  assert.deepEqual(heard(bob), ["message_received before", "user_left_room bob"]);
  assert.deepEqual(heard(ann), [
    "message_received before",
    "user_left_room bob",
    "message_received after",
  ]);
});

test("the first direct message opens the conversation for both", async () => {
  await using server = await SmallServer.start();
  await using ann = await server.signedIn("ann");
  await using bob = await server.signedIn("bob");
  server.message("direct", "psst", ["ann", "bob"]);
  server.message("direct", "hello?", ["ann", "bob"]);
  await settle(ann, bob);
  for (const client of [ann, bob]) {
    assert.deepEqual(heard(client), ["message_received psst", "message_received hello?"]);
  }
});

test("a join that commits while the conversations are being loaded is not missed", async () => {
  await using server = await SmallServer.start();
  await using ann = await server.connect();
  await ann.hello();
  const gate = Promise.withResolvers<void>();
  server.beforeLoading = () => gate.promise;
  const signIn = ann.request("authenticate", { token: "ann" });
  await server.until(() => server.isAttached("ann"));
  server.join("room", "ann");
  gate.resolve();
  await ann.replyTo(signIn);
  server.message("room", "hi");
  await ann.expects("message_received");
});

test("nobody is told that he is signed in before he hears what is committed from then on", async () => {
  await using server = await SmallServer.start();
  await using bob = await server.signedIn("bob");
  await using ann = await server.connect();
  await ann.hello();
  const gate = Promise.withResolvers<void>();
  server.beforeLoading = () => gate.promise;
  server.join("room", "ann");
  const signIn = ann.request("authenticate", { token: "ann" });
  await server.until(() => server.isAttached("ann"));
  for (let turns = 0; turns < 5; turns += 1) await bob.settle();
  assert.deepEqual(ann.unread("authenticate_response"), []);
  gate.resolve();
  await ann.replyTo(signIn);
});

test("a leave that commits while the conversations are being loaded is not undone by them", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  server.join("room", "bob");
  await using ann = await server.connect();
  await using bob = await server.signedIn("bob");
  await ann.hello();
  const gate = Promise.withResolvers<void>();
  server.beforeLoading = () => gate.promise;
  const signIn = ann.request("authenticate", { token: "ann" });
  await server.until(() => server.isAttached("ann"));
  server.leave("room", "ann");
  gate.resolve();
  await ann.replyTo(signIn);
  await ann.expects("user_left_room");
  server.message("room", "secret");
  await bob.expects("message_received");
  await ann.settle();
  assert.deepEqual(heard(ann), []);
});

test("who leaves and joins again while being loaded is in", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  await using ann = await server.connect();
  await ann.hello();
  const gate = Promise.withResolvers<void>();
  server.beforeLoading = () => gate.promise;
  const signIn = ann.request("authenticate", { token: "ann" });
  await server.until(() => server.isAttached("ann"));
  server.leave("room", "ann");
  server.join("room", "ann");
  gate.resolve();
  await ann.replyTo(signIn);
  server.message("room", "hi");
  await ann.expects("message_received");
});

test("those who share a conversation are told once when a user comes and when the last connection goes", async () => {
  await using server = await SmallServer.start();
  for (const room of ["one", "two"]) for (const name of ["ann", "bob"]) server.join(room, name);
  server.join("three", "cleo");
  await using ann = await server.signedIn("ann");
  await using cleo = await server.signedIn("cleo");
  const bob = await server.signedIn("bob");
  const second = await server.signedIn("bob/2");
  await settle(ann, bob, second);
  assert.deepEqual(heard(ann), ["user_online bob"]);
  assert.deepEqual(heard(bob), []);
  await bob.close();
  await server.until(() => server.connections.size === 3);
  assert.ok(server.hub.isOnline(user("bob")));
  await second.close();
  await ann.expects("user_offline");
  await settle(ann, cleo);
  assert.deepEqual(heard(ann), ["user_online bob"]);
  assert.deepEqual(heard(cleo), []);
  assert.deepEqual([...server.hub.onlineUsers()].sort(), ["ann", "cleo"]);
});

test("others hear that a user is here after the user has the reply, and of nobody whose sign-in failed", async () => {
  await using server = await SmallServer.start();
  for (const name of ["ann", "bob"]) server.join("room", name);
  await using ann = await server.signedIn("ann");
  await using bob = await server.connect();
  await bob.hello();
  server.endedSessions.add("session of bob" as SessionId);
  await bob.refusal("authenticate", { token: "bob" });
  await ann.settle();
  assert.deepEqual(heard(ann), []);
});

test("what is not logged reaches the conversation without its author, or one user", async () => {
  await using server = await SmallServer.start();
  for (const name of ["ann", "bob"]) server.join("room", name);
  await using ann = await server.signedIn("ann");
  await using bob = await server.signedIn("bob");
  await ann.expects("user_online");
  const notice = { type: "server_notice" as const, severity: "info" };
  server.hub.toConversation(conversation("room"), { ...notice, message: "a" }, user("ann"));
  server.hub.toUser(user("ann"), { ...notice, message: "b" });
  server.hub.toUser(user("nobody"), { ...notice, message: "c" });
  await settle(ann, bob);
  assert.deepEqual(
    ann.unread().filter((it) => it["type"] !== "server_hello"),
    [{ ...notice, message: "b" }],
  );
  assert.equal((await bob.expects("server_notice")).message, "a");
});

test("what clients of 1.x cannot read is said to a user's newer ones only", async () => {
  await using server = await SmallServer.start();
  await using newer = await server.signedIn("ann");
  await using older = await server.signedIn("ann", []);
  const target = { type: "room", room_id: "room" as RoomId } as const;
  const read = { type: "messages_read", target, read_seq: 3, unread_count: 0 } as const;
  server.hub.toUser(user("ann"), read);
  await settle(newer, older);
  assert.deepEqual(await newer.expects("messages_read"), read);
  assert.deepEqual(older.unread("messages_read"), []);
});

test("ending a session closes its connections with the reason, and no others of the user", async () => {
  await using server = await SmallServer.start();
  await using first = await server.signedIn("ann");
  await using same = await server.signedIn("ann");
  await using other = await server.signedIn("ann/2");
  server.hub.endSession("session of ann" as SessionId);
  for (const client of [first, same]) {
    await client.expects("error", ({ code }) => code === "session_not_found");
    await client.closed();
  }
  await other.call("ping", {});
});

test("one window more than a user may have is refused, and those that live stay", async () => {
  await using server = await SmallServer.start({ limits: { maxConnectionsPerUser: 2 } });
  await using first = await server.signedIn("ann");
  await using second = await server.signedIn("ann");
  await using third = await server.connect();
  await third.hello();
  const refused = await third.refusal("authenticate", { token: "ann" });
  assert.deepEqual([refused.code, refused.retryAfter], ["busy", 30]);
  assert.match(refused.message, /connected 2 times already/);
  await settle(first, second);
  await first.close();
  await server.until(() => server.connections.size === 2);
  await third.call("authenticate", { token: "ann" });
  await using bob = await server.signedIn("bob");
  await settle(second, third, bob);
});

test("a window of which nothing was heard gives way to one more", async () => {
  await using server = await SmallServer.start({
    limits: { maxConnectionsPerUser: 2, halfOpenMs: -1 },
  });
  await using silent = await server.signedIn("ann");
  await using lively = await server.signedIn("ann");
  await lively.settle();
  await using third = await server.signedIn("ann");
  await silent.expects("error", ({ code }) => code === "timeout");
  await silent.closed();
  await settle(lively, third);
});

test("a network has only so many connections that have not signed in, and gets them back", async () => {
  await using server = await SmallServer.start({ limits: { maxSigningInPerNetwork: 2 } });
  await using ann = await server.signedIn("ann");
  await using first = await server.connect();
  await using second = await server.connect();
  await using third = await server.connect();
  await third.expects("error", ({ code }) => code === "busy");
  await third.closed();
  await first.hello();
  await first.call("authenticate", { token: "ann" });
  await second.close();
  await server.until(() => server.connections.size === 2);
  await using fourth = await server.signedIn("bob");
  await settle(ann, first, fourth);
});

test("an entry that can't be read closes whom it concerns, so that they ask the database again", async () => {
  await using server = await SmallServer.start();
  server.join("room", "ann");
  server.join("other", "bob");
  await using ann = await server.signedIn("ann");
  await using bob = await server.signedIn("bob");
  const toJSON = () => {
    throw new Error("damaged");
  };
  server.publish("room", "message", () => ({ type: "message_received", toJSON }));
  server.message("other", "goes on");
  await ann.expects("error", ({ code }) => code === "internal_error");
  await ann.closed();
  await bob.expects("message_received");
  assert.ok(server.log.some(({ level }) => level === "error"));
});

test("nothing is kept of users and conversations that are gone", async () => {
  await using server = await SmallServer.start();
  for (let count = 0; count < 20; count += 1) {
    server.join(`room ${count}`, "ann");
    const ann = await server.signedIn("ann");
    await ann.close();
  }
  await server.until(() => server.connections.size === 0);
  const { users, audiences } = server.hub.stats();
  assert.deepEqual({ users, audiences }, { users: 0, audiences: 0 });
});
