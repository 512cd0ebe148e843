import assert from "node:assert/strict";
import { test } from "node:test";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { Meddler } from "../test/sealing/meddler.ts";
import { connect1x, connectNoise, type SealedClient } from "../test/sealing/sealed-clients.ts";
import { SmallServer, type SmallServerOptions, user } from "./test/small-server.ts";

const keyPair = nodePrimitives.generateKeyPair();
const block = "x".repeat(64 * 1024);

const startServer = (options: SmallServerOptions = {}) =>
  SmallServer.start({ sealing: { noise: keyPair, keyExchange: true }, ...options });

const channels: Readonly<Record<string, (port: number) => Promise<SealedClient>>> = {
  Noise: (port) => connectNoise(port, keyPair.publicKey),
  "1.x": connect1x,
};

async function signIn({ client, binding }: SealedClient, name: string): Promise<void> {
  const bound = binding === "" ? {} : { channel_binding: binding };
  await client.call("authenticate", { token: name, ...bound });
}

test("one event reaches plain, Noise and 1.x readers alike, and each in its own cipher", async () => {
  await using server = await startServer();
  await using recorder = await Meddler.start(server.port);
  for (const name of ["plain", "noise", "old"]) server.join("room", name);
  await using plain = await server.signedIn("plain");
  await using noise = await connectNoise(recorder.port, keyPair.publicKey);
  await using old = await connect1x(recorder.port);
  await signIn(noise, "noise");
  await signIn(old, "old");
  for (let count = 0; count < 50; count += 1) server.message("room", `canary ${count}`);
  for (const client of [plain, noise.client, old.client]) {
    for (let count = 0; count < 50; count += 1) {
      const event = await client.expects("message_received");
      assert.equal(event.message.content, `canary ${count}`);
    }
  }
  assert.equal(recorder.hasSeen("canary"), false);
  assert.equal(recorder.hasSeen("message_received"), false);
});

for (const [name, connect] of Object.entries(channels)) {
  test(`over ${name} a reader that stops is cut off with a sealed reason while the others get everything`, async () => {
    await using server = await startServer();
    await using recorder = await Meddler.start(server.port);
    for (const who of ["fast", "slow"]) server.join("room", who);
    await using fast = await connect(recorder.port);
    await using slow = await connect(server.port);
    await signIn(fast, "fast");
    await signIn(slow, "slow");
    await fast.client.expects("user_online");
    slow.client.stopReading();
    let sent = 0;
    for (; server.hub.isOnline(user("slow")); sent += 1) {
      assert.ok(sent < 3_000, "the slow reader was never given up");
      server.message("room", block);
      await fast.client.expects("message_received", ({ seq }) => seq === sent + 3);
    }
    assert.ok(sent * block.length > 1024 * 1024, "it was given up too soon");
    slow.client.startReading();
    const error = await slow.client.expects("error");
    assert.equal(error.code, "slow_consumer");
    await slow.client.closed();
    assert.equal(recorder.hasSeen("xxxxxxxx"), false);
  });

  test(`over ${name} one turn may bring more than may wait to a reader that keeps up`, async () => {
    await using server = await startServer();
    server.join("room", "ann");
    await using ann = await connect(server.port);
    await signIn(ann, "ann");
    for (let count = 0; count < 200; count += 1) server.message("room", block);
    for (let count = 0; count < 200; count += 1) await ann.client.expects("message_received");
  });

  test(`over ${name} who asks for much and does not read waits for its own answers`, async () => {
    let started = 0;
    await using server = await startServer({
      handlers: {
        list_users: () => {
          started += 1;
          return { users: ["x".repeat(200 * 1024)] };
        },
      },
    });
    await using ann = await connect(server.port);
    await signIn(ann, "ann");
    ann.client.stopReading();
    const requests = Array.from({ length: 200 }, () => ann.client.request("list_users", {}));
    await using bob = await server.signedIn("bob");
    await bob.settle();
    assert.ok(started < 100, `${started} answers were made for somebody who reads none`);
    ann.client.startReading();
    for (const request of requests) await ann.client.replyTo(request);
    assert.equal(started, 200);
  });

  test(`over ${name} the words at the end are sealed too`, async () => {
    await using server = await startServer({
      limits: { sweepMs: 10, signInMs: 300, legacySignInMs: 300 },
    });
    await using recorder = await Meddler.start(server.port);
    await using late = await connect(recorder.port);
    await late.client.expects("error", ({ code }) => code === "timeout");
    await late.client.closed();
    await using last = await connect(recorder.port);
    await signIn(last, "ann");
    await Promise.all([server.connections.drain(5_000), last.client.expects("server_notice")]);
    await last.client.closed();
    assert.equal(recorder.hasSeen("timeout"), false);
    assert.equal(recorder.hasSeen("going down"), false);
  });

  test(`over ${name} logging out is answered sealed, and nothing behind it is done`, async () => {
    await using server = await startServer();
    await using ann = await connect(server.port);
    await signIn(ann, "ann");
    const logout = ann.client.request("logout", {});
    ann.client.request("get_user", { user_id: user("behind") });
    await ann.client.replyTo(logout);
    await ann.client.closed();
    assert.equal(server.hub.isOnline(user("ann")), false);
  });

  test(`over ${name} a hundred connections leave nothing behind`, async () => {
    await using server = await startServer();
    for (let round = 0; round < 5; round += 1) {
      const clients = await Promise.all(Array.from({ length: 20 }, () => connect(server.port)));
      await Promise.all(clients.map((sealed, index) => signIn(sealed, `user-${index}`)));
      for (const [index, { client }] of clients.entries()) {
        if (index % 2 === 0) client.socket.destroy();
        else client.socket.end();
      }
      await Promise.all(clients.map(({ client }) => client.closed()));
    }
    await server.until(() => server.admission.open === 0 && server.connections.size === 0);
    assert.equal(server.inbound.heldBytes, 0);
  });
}

test("many replies and events at once come in the order they were made", async () => {
  await using server = await startServer();
  server.join("room", "ann");
  await using ann = await connectNoise(server.port, keyPair.publicKey);
  await signIn(ann, "ann");
  const before = ann.client.received.length;
  const requests = Array.from({ length: 150 }, (_, index) =>
    ann.client.request("get_user", { user_id: user(`${index}`) }),
  );
  for (let count = 0; count < 150; count += 1) server.message("room", String(count));
  for (const request of requests) await ann.client.replyTo(request);
  for (let count = 0; count < 150; count += 1) await ann.client.expects("message_received");
  const came = ann.client.received.slice(before);
  const contents = came.flatMap(({ message }) =>
    message === undefined ? [] : [(message as { content: string }).content],
  );
  assert.deepEqual(
    contents,
    Array.from({ length: 150 }, (_, index) => String(index)),
  );
});
