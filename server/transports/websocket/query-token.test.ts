import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { startSmallWebSocket } from "./test/small-websocket-server.ts";

const handlers = {
  get_current_user: (call: { session?: { username: string } | undefined }) => ({
    user: call.session,
  }),
};

test("a client of 1.x is signed in by the token in the address, hello or not", async () => {
  await using small = await startSmallWebSocket({ handlers: handlers as never });
  await using ann = await small.connect("?token=ann");
  await ann.expectsMessage(({ type }) => type === "authenticate_response");
  assert.deepEqual(
    ann.received.map(({ type, success }) => [type, success]),
    [
      ["server_hello", undefined],
      ["authenticate_response", true],
    ],
  );
  await ann.call("get_user", { user_id: "x" as UserId });
  ann.send({ type: "client_hello", version: "1.0" });
  await ann.call("get_user", { user_id: "y" as UserId });
  assert.equal(ann.unread("error").length, 0);
  ann.send({ type: "client_hello", version: "1.0" });
  await ann.expects("error", ({ code }) => code === "invalid_state");
});

test("who is signed in by the address hears what is said", async () => {
  await using small = await startSmallWebSocket();
  small.server.join("room", "ann");
  await using ann = await small.connect("?token=ann");
  await ann.expectsMessage(({ type }) => type === "authenticate_response");
  small.server.message("room", "hello");
  await ann.expects("message_received");
});

test("a newer client is not served with a token in the address", async () => {
  await using small = await startSmallWebSocket();
  await using ann = await small.connect("?token=ann");
  await ann.hello();
  const error = await ann.expects("error");
  assert.equal(error.code, "invalid_state");
  await ann.closed();
});

test("a token that is no good is answered, and another may be sent", async () => {
  const refuse = async (
    call: { signIn(session: object): Promise<void> },
    { token }: { token: string },
  ) => {
    if (token === "bad")
      throw new (await import("@lair-chat/protocol/errors.ts")).ChatError("invalid_token");
    await call.signIn({ id: token, userId: token, expiresAt: Date.now() + 60_000 });
    return {};
  };
  await using small = await startSmallWebSocket({ handlers: { authenticate: refuse as never } });
  await using ann = await small.connect("?token=bad");
  const reply = await ann.expectsMessage(({ type }) => type === "authenticate_response");
  assert.equal(reply["success"], false);
  await ann.hello([]);
  await ann.call("authenticate", { token: "ann" });
});

test("tokens in the address can be switched off", async () => {
  await using small = await startSmallWebSocket({ takesQueryToken: false });
  await assert.rejects(small.connect("?token=ann"), /400/);
  await using ann = await small.connect();
  await ann.hello();
});

test("a token too long is refused before anything is made of it", async () => {
  await using small = await startSmallWebSocket();
  await assert.rejects(small.connect(`?token=${"x".repeat(4097)}`), /401/);
});

test("no log has the token", async () => {
  await using small = await startSmallWebSocket();
  const headers = { origin: "https://evil.example" };
  await assert.rejects(small.connect("?token=canary", headers), /403/);
  await using ann = await small.connect("?token=canary");
  await ann.expectsMessage(({ type }) => type === "authenticate_response");
  ann.send({ type: "fly" });
  await ann.expects("error");
  await ann.close();
  await small.server.until(() => small.server.connections.size === 0);
  const { log } = small.server;
  const text = log.map((line) => `${line.text} ${Object.values(line.fields).map(String).join()}`);
  assert.ok(text.length > 0);
  assert.doesNotMatch(text.join("\n") + JSON.stringify(log), /canary/);
});
