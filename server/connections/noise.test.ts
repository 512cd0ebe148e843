import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { smallOrderPoints } from "@lair-chat/protocol/handshake/test/peers.ts";
import { RawPeer } from "../test/sealing/raw-peer.ts";
import { connectNoise, type NoiseStart, startNoise } from "../test/sealing/sealed-clients.ts";
import { selfSigned } from "../transports/test/self-signed.ts";
import { SmallServer, type SmallServerOptions, user } from "./test/small-server.ts";

const keyPair = nodePrimitives.generateKeyPair();

const startServer = (options: SmallServerOptions = {}) =>
  SmallServer.start({ sealing: { noise: keyPair, keyExchange: true }, ...options });

async function start(server: SmallServer, key = keyPair.publicKey): Promise<NoiseStart> {
  return startNoise(await RawPeer.connect(server.port), key);
}

const handshake = (message: Uint8Array) => ({
  type: "noise_handshake",
  message: toBase64(message),
});

/** Closed with at most one error in the clear, which says nothing but what it is. */
async function isTurnedAway(peer: RawPeer, code: string): Promise<void> {
  const said = (await peer.rest()).map((payload) => JSON.parse(payload.toString()));
  assert.deepEqual(
    said.map((message) => [message.type, message.code]),
    [["error", code]],
  );
}

test("the hello of a plaintext port offers Noise and names the server's key", async () => {
  await using server = await startServer();
  await using peer = await RawPeer.connect(server.port);
  const hello = await peer.nextMessage();
  assert.deepEqual(hello["features"], [
    "client_ids",
    "log",
    "resume",
    "heads",
    "packed",
    "noise",
    "encryption",
  ]);
  assert.deepEqual(fromBase64(String(hello["noise_key"]), 32), keyPair.publicKey);
});

test("a client that has pinned the key signs in and chats over sealed frames", async () => {
  await using server = await startServer();
  server.join("room", "ann");
  await using sealed = await connectNoise(server.port, keyPair.publicKey);
  const { client, binding } = sealed;
  await client.call("authenticate", { token: "ann", channel_binding: binding });
  client.send({
    type: "send_message",
    request_id: "1",
    target: { type: "room", room_id: "room" },
    content: "hello",
  });
  await client.expects("message_received");
  await client.replyTo("1");
  assert.ok(server.hub.isOnline(user("ann")));
});

test("a handshake against another key is refused and closed", async () => {
  await using server = await startServer();
  const { peer, message } = await start(server, nodePrimitives.generateKeyPair().publicKey);
  peer.send(handshake(message));
  await isTurnedAway(peer, "handshake_failed");
});

test("points of small order are refused", async () => {
  await using server = await startServer();
  for (const point of smallOrderPoints) {
    const { peer, message } = await start(server);
    const spoilt = Uint8Array.from(message);
    spoilt.set(point);
    peer.send(handshake(spoilt));
    await isTurnedAway(peer, "handshake_failed");
  }
});

test("a handshake message of another form is refused and closed", async () => {
  await using server = await startServer();
  const forms = [
    { type: "noise_handshake" },
    { type: "noise_handshake", message: 7 },
    { type: "noise_handshake", message: "" },
    { type: "noise_handshake", message: "A".repeat(63) },
    { type: "noise_handshake", message: `${"A".repeat(62)}*=` },
    { type: "noise_handshake", message: "A".repeat(10_000) },
    { type: "noise_handshake", message: "A".repeat(64) },
    { type: "noise_handshake", message: "A".repeat(64), more: 1 },
  ];
  for (const form of forms) {
    const { peer } = await start(server);
    peer.send(form);
    const said = await peer.rest();
    assert.equal(said.length, 1);
    assert.match(String(said[0]), /"code":"(handshake_failed|frame_too_large)"/);
  }
});

const insteadOfTheHandshake = {
  "a ping": { type: "ping", request_id: "1" },
  "a sign-in": { type: "authenticate", request_id: "1", token: "ann" },
  "the exchange of 1.x": { type: "key_exchange", public_key: toBase64(keyPair.publicKey) },
  "another hello": { type: "client_hello", version: "1.0", features: ["client_ids"] },
  "what is no request": { type: "nonsense" },
  "what is no JSON": Buffer.from("{"),
};

for (const [what, payload] of Object.entries(insteadOfTheHandshake)) {
  test(`${what} instead of the handshake closes the connection and is not done`, async () => {
    const done: string[] = [];
    await using server = await startServer({
      handlers: {
        ping: () => ({ done: done.push("ping") }),
        authenticate: () => ({ done: done.push("authenticate") }),
      },
    });
    const { peer, message } = await start(server);
    peer.send(payload, handshake(message));
    await isTurnedAway(peer, "invalid_state");
    assert.deepEqual(done, []);
  });
}

test("a request in the clear behind the handshake closes the connection and is not done", async () => {
  const done: string[] = [];
  await using server = await startServer({
    handlers: { authenticate: (_call, { token }) => ({ done: done.push(String(token)) }) },
  });
  const { peer, message } = await start(server);
  const signIn = { type: "authenticate", request_id: "1", token: "ann" };
  peer.send(handshake(message), signIn, signIn);
  const said = await peer.rest();
  assert.ok(said.length <= 1, "nothing but the answer to the handshake");
  for (const one of said) assert.match(String(one), /^\{"type":"noise_handshake_response"/);
  assert.deepEqual(done, []);
  await server.until(() => server.connections.size === 0);
});

test("what was under way before the handshake is answered before the channel stands", async () => {
  const gate = Promise.withResolvers<object>();
  let pings = 0;
  await using server = await startServer({
    handlers: {
      ping: () => {
        pings += 1;
        return pings === 1 ? gate.promise : { server_time: "" };
      },
    },
  });
  await using peer = await RawPeer.connect(server.port);
  peer.send({ type: "ping", request_id: "before" });
  await server.until(() => pings === 1);
  const { message, finish } = await startNoise(peer, keyPair.publicKey);
  peer.send(handshake(message));
  // So much later that the handshake is there and waits.
  await using other = await connectNoise(server.port, keyPair.publicKey);
  await other.client.call("ping", {});
  gate.resolve({});
  assert.equal((await peer.nextMessage())["request_id"], "before");
  const answer = await peer.nextMessage();
  assert.equal(answer["type"], "noise_handshake_response");
  const { sealing } = finish(fromBase64(String(answer["message"]), 48));
  peer.send(sealing.seal(Buffer.from('{"type":"ping","request_id":"behind"}')));
  assert.match(Buffer.from(sealing.open(await peer.next())).toString(), /"behind"/);
});

test("whatever comes while the handshake waits for its turn ends the connection, in the clear or sealed", async () => {
  const gate = Promise.withResolvers<object>();
  let pings = 0;
  await using server = await startServer({
    handlers: {
      ping: () => {
        pings += 1;
        return gate.promise;
      },
    },
  });
  await using peer = await RawPeer.connect(server.port);
  peer.send({ type: "ping", request_id: "before" });
  await server.until(() => pings === 1);
  const { message } = await startNoise(peer, keyPair.publicKey);
  peer.send(handshake(message), { type: "ping", request_id: "behind" });
  gate.resolve({});
  const said = (await peer.rest()).map((payload) => payload.toString());
  assert.equal(pings, 1);
  assert.doesNotMatch(said.join("\n"), /behind/);
});

test("handshakes that nobody asked for, or a second one, are refused", async () => {
  await using server = await startServer();
  await using plain = await server.connect();
  await plain.hello();
  for (const type of ["noise_handshake", "key_exchange"]) {
    plain.send({ type, request_id: type, message: "", public_key: "" });
    await plain.expects("error", ({ code }) => code === "invalid_state");
  }
  await using sealed = await connectNoise(server.port, keyPair.publicKey);
  sealed.client.send({ ...handshake(new Uint8Array(48)), request_id: "again" });
  await sealed.client.expects("error", ({ code }) => code === "invalid_state");
  await sealed.client.call("ping", {});
});

test("Noise switched off is neither offered nor done, and naming it changes nothing", async () => {
  await using server = await startServer({ sealing: { noise: undefined, keyExchange: true } });
  await using client = await server.connect();
  const hello = await client.hello(["client_ids", "noise"]);
  assert.deepEqual(hello.features, [
    "client_ids",
    "log",
    "resume",
    "heads",
    "packed",
    "encryption",
  ]);
  assert.equal(hello.noise_key, undefined);
  client.send(handshake(new Uint8Array(48)));
  await client.expects("error", ({ code }) => code === "invalid_state");
  await client.call("authenticate", { token: "ann" });
});

const tls = selfSigned();

test("over TLS neither handshake is offered nor done", {
  skip: tls === undefined ? "openssl is not installed" : false,
}, async () => {
  await using server = await startServer({ tls });
  await using client = await server.connect({ tls: {} });
  const hello = await client.hello(["client_ids", "noise", "encryption"]);
  assert.deepEqual(hello.features, ["client_ids", "log", "resume", "heads", "packed"]);
  assert.equal(hello.noise_key, undefined);
  client.send(handshake(new Uint8Array(48)));
  await client.expects("error", ({ code }) => code === "not_supported");
  const bound = { token: "ann", channel_binding: "" };
  assert.equal((await client.refusal("authenticate", bound)).code, "channel_mismatch");
});

test("our client must bind its sign-in to the channel, and only to this one", async () => {
  await using server = await startServer();
  await using one = await connectNoise(server.port, keyPair.publicKey);
  await using two = await connectNoise(server.port, keyPair.publicKey);
  const wrong = [{}, { channel_binding: "" }, { channel_binding: two.binding }];
  for (const more of wrong) {
    const refusal = await one.client.refusal("authenticate", { token: "ann", ...more });
    assert.equal(refusal.code, "channel_mismatch");
  }
  assert.equal(server.hub.isOnline(user("ann")), false);
  await one.client.call("authenticate", { token: "ann", channel_binding: one.binding });
  assert.ok(server.hub.isOnline(user("ann")));
});

test("a client without client_ids need not bind its sign-in", async () => {
  await using server = await startServer();
  await using sealed = await connectNoise(server.port, keyPair.publicKey, []);
  const wrong = { token: "ann", channel_binding: "x" };
  assert.equal((await sealed.client.refusal("authenticate", wrong)).code, "channel_mismatch");
  sealed.client.send({
    type: "authenticate",
    request_id: "1",
    token: "ann",
    channel_binding: null,
  });
  await sealed.client.replyTo("1");
});

test("frames are held to the limits of what is in them, before signing in and after", async () => {
  await using server = await startServer({ limits: { frameBytesBeforeSignIn: 512 } });
  const padded = (bytes: number) => {
    const empty = '{"type":"ping","request_id":"1","pad":""}';
    return empty.replace('""', `"${"x".repeat(bytes - empty.length)}"`);
  };
  await using sealed = await connectNoise(server.port, keyPair.publicKey, []);
  const { client, binding } = sealed;
  client.sendText(padded(512));
  await client.replyTo("1");
  await client.call("authenticate", { token: "ann", channel_binding: binding });
  client.sendText(padded(server.limits.frameBytes));
  await client.replyTo("1");
  sealed.peer.send(Buffer.alloc(server.limits.frameBytes + 17 * 16 + 1));
  await client.expects("error", ({ code }) => code === "frame_too_large");
  await client.closed();
  await using early = await connectNoise(server.port, keyPair.publicKey, []);
  early.client.sendText(padded(513));
  await early.client.expects("error", ({ code }) => code === "frame_too_large");
  await early.client.closed();
});
