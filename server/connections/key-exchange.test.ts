import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { OldCrypto } from "@lair-chat/protocol/handshake/test/old-crypto.ts";
import { smallOrderPoints } from "@lair-chat/protocol/handshake/test/peers.ts";
import { Meddler } from "../test/sealing/meddler.ts";
import { RawPeer } from "../test/sealing/raw-peer.ts";
import { connect1x } from "../test/sealing/sealed-clients.ts";
import { SmallServer, type SmallServerOptions, sessionOf, user } from "./test/small-server.ts";

const canary = "canary-7f3a91";
const hello = { type: "client_hello", version: "1.0", features: ["encryption"] };

/** Whatever it is asked, its replies have a canary in them, and some are late. */
const startServer = (options: SmallServerOptions = {}) =>
  SmallServer.start({
    sealing: { noise: undefined, keyExchange: true },
    handlers: {
      ping: async () => {
        await new Promise(setImmediate);
        return { server_time: "early" };
      },
      login: async (call) => {
        await call.signIn(sessionOf("ann"));
        await new Promise(setImmediate);
        return { token: `${canary} token` };
      },
      get_user: () => ({ user: { name: `${canary} user` } }),
    },
    ...options,
  });

test("a 1.x client exchanges keys, signs in, chats and hears events", async () => {
  await using server = await startServer();
  server.join("room", "ann");
  await using sealed = await connect1x(server.port);
  sealed.client.send({ type: "login", identifier: "ann", password: "p" });
  await sealed.client.expectsMessage(({ type }) => type === "login_response");
  sealed.client.send({ type: "send_message", target: { room_id: "room" }, content: "hello" });
  await sealed.client.expects("message_received");
  assert.ok(server.hub.isOnline(user("ann")));
});

test("what is asked for right behind the key exchange is answered sealed or not at all, 200 times", async () => {
  await using server = await startServer();
  await using recorder = await Meddler.start(server.port);
  const requests = [
    { type: "login", request_id: "1", identifier: "ann", password: "p" },
    { type: "ping", request_id: "2" },
    { type: "get_user", request_id: "3", user_id: "ann" },
  ];
  for (let run = 0; run < 200; run += 1) {
    await using peer = await RawPeer.connect(recorder.port);
    await peer.next();
    const crypto = new OldCrypto();
    const exchange = { type: "key_exchange", public_key: crypto.publicKey };
    const early = run % 2 === 0 ? [{ type: "ping" }, hello] : [hello, { type: "ping" }];
    if (run % 4 < 2) {
      // Sealed, as a client does, and all at once.
      peer.send(...early, exchange);
      crypto.take(await publicKeyBehindPong(peer));
      peer.send(...requests.map((request) => crypto.seal(Buffer.from(JSON.stringify(request)))));
      const replies = [await peer.next(), await peer.next(), await peer.next()];
      const opened = replies.map((reply) => JSON.parse(Buffer.from(crypto.open(reply)).toString()));
      assert.deepEqual(
        opened.map(({ request_id }) => request_id),
        ["1", "2", "3"],
      );
    } else {
      // In the clear, before the answer can have come: nobody whom they could be from.
      peer.send(...early, exchange, ...requests);
      const said = (await peer.rest()).map((payload) => JSON.parse(payload.toString()).type);
      // A connection that is cut may take with it what was said last.
      const isExpected = ["", "pong", "pong key_exchange_response"].includes(said.join(" "));
      assert.ok(isExpected, said.join(" "));
    }
  }
  assert.ok(recorder.hasSeen("key_exchange_response"));
  assert.equal(recorder.hasSeen(canary), false);
  assert.equal(recorder.hasSeen("login_response"), false);
  await server.until(() => server.connections.size === 0);
});

async function publicKeyBehindPong(peer: RawPeer): Promise<string> {
  assert.equal((await peer.nextMessage())["type"], "pong");
  const answer = await peer.nextMessage();
  assert.equal(answer["type"], "key_exchange_response");
  return String(answer["public_key"]);
}

test("between hello and key exchange only pings are answered, as 1.x does", async () => {
  await using server = await startServer();
  await using peer = await RawPeer.connect(server.port);
  await peer.next();
  peer.send(hello, { type: "login", identifier: "ann", password: "p" });
  assert.equal((await peer.nextMessage())["code"], "unauthorized");
  peer.send({ type: "authenticate", request_id: "a", token: "ann" });
  assert.equal((await peer.nextMessage())["code"], "unauthorized");
  peer.send({ type: "ping" });
  assert.equal((await peer.nextMessage())["type"], "pong");
  peer.send({ type: "fly" });
  assert.equal((await peer.nextMessage())["code"], "unknown_type");
  const crypto = new OldCrypto();
  peer.send({ type: "key_exchange", public_key: crypto.publicKey });
  crypto.take(String((await peer.nextMessage())["public_key"]));
});

test("keys of small order, and what is no key, end the connection with an error", async () => {
  await using server = await startServer();
  const good = toBase64(nodePrimitives.generateKeyPair().publicKey);
  const keys = [
    ...smallOrderPoints.map((point) => toBase64(point)),
    "",
    good.slice(1),
    ` ${good.slice(1)}`,
    "A".repeat(4000),
    7,
    null,
  ];
  for (const key of keys) {
    await using peer = await RawPeer.connect(server.port);
    await peer.next();
    peer.send(hello, { type: "key_exchange", public_key: key }, { type: "ping" });
    const said = (await peer.rest()).map((payload) => JSON.parse(payload.toString()));
    assert.deepEqual(
      said.map(({ type, code }) => [type, code]),
      [["error", "handshake_failed"]],
    );
  }
});

test("every connection gets a key of its own", async () => {
  await using server = await startServer();
  const seen = new Set<string>();
  for (let count = 0; count < 20; count += 1) {
    await using peer = await RawPeer.connect(server.port);
    await peer.next();
    peer.send(hello, { type: "key_exchange", public_key: new OldCrypto().publicKey });
    seen.add(String((await peer.nextMessage())["public_key"]));
  }
  assert.equal(seen.size, 20);
});

test("switched off it is neither offered nor done", async () => {
  const noise = nodePrimitives.generateKeyPair();
  await using server = await startServer({ sealing: { noise, keyExchange: false } });
  await using client = await server.connect();
  const offered = await client.hello(["encryption"]);
  assert.deepEqual(offered.features, ["client_ids", "log", "resume", "heads", "packed", "noise"]);
  client.send({ type: "key_exchange", public_key: new OldCrypto().publicKey });
  await client.expects("error", ({ code }) => code === "invalid_state");
  await client.call("authenticate", { token: "ann" });
});

test("whoever names both gets Noise", async () => {
  const noise = nodePrimitives.generateKeyPair();
  await using server = await startServer({ sealing: { noise, keyExchange: true } });
  await using peer = await RawPeer.connect(server.port);
  await peer.next();
  peer.send({ ...hello, features: ["encryption", "noise"] });
  peer.send({ type: "key_exchange", public_key: new OldCrypto().publicKey });
  const said = (await peer.rest()).map((payload) => JSON.parse(payload.toString()).code);
  assert.deepEqual(said, ["invalid_state"]);
});

test("a sign-in that is bound to a channel is refused on one that nobody is known by", async () => {
  await using server = await startServer();
  await using sealed = await connect1x(server.port);
  const bound = { token: "ann", channel_binding: toBase64(new Uint8Array(32)) };
  assert.equal((await sealed.client.refusal("authenticate", bound)).code, "channel_mismatch");
  await using plain = await server.connect();
  await plain.hello();
  assert.equal((await plain.refusal("authenticate", bound)).code, "channel_mismatch");
  await plain.call("authenticate", { token: "ann" });
});
