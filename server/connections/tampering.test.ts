import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { altered } from "@lair-chat/protocol/handshake/test/peers.ts";
import { type Meddle, Meddler, type Meddling } from "../test/sealing/meddler.ts";
import { RawPeer } from "../test/sealing/raw-peer.ts";
import {
  connect1x,
  connectNoise,
  type SealedClient,
  startNoise,
} from "../test/sealing/sealed-clients.ts";
import { SmallServer, user } from "./test/small-server.ts";

const canary = "canary-55d0c2";
const keyPair = nodePrimitives.generateKeyPair();

interface Watched extends AsyncDisposable {
  readonly server: SmallServer;
  /** What the server was asked for and did. */
  readonly done: string[];
}

async function startWatched(): Promise<Watched> {
  const done: string[] = [];
  const server = await SmallServer.start({
    sealing: { noise: keyPair, keyExchange: true },
    handlers: {
      get_user: (_call, { user_id: id }) => {
        done.push(String(id));
        return { user: { id, about: canary } };
      },
    },
  });
  return { server, done, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** As JSON of a hello, with these fields changed. */
function rewritten(payload: Buffer, change: (hello: Record<string, unknown>) => object): Buffer {
  const hello = JSON.parse(payload.toString());
  return Buffer.from(JSON.stringify({ ...hello, ...change(hello) }));
}

const without =
  (feature: string) =>
  ({ features }: Record<string, unknown>) => ({
    features: (features as string[]).filter((name) => name !== feature),
  });

const firstOnly =
  (change: (payload: Buffer) => Uint8Array): Meddle =>
  (payload, index) => ({ on: [index === 0 ? change(payload) : payload] });

const otherKey = { noise_key: toBase64(nodePrimitives.generateKeyPair().publicKey) };

const changedHellos: Readonly<Record<string, Meddling>> = {
  "the server's key is swapped": {
    fromServer: firstOnly((hello) => rewritten(hello, () => otherKey)),
  },
  "the server's noise is stripped": {
    fromServer: firstOnly((hello) => rewritten(hello, without("noise"))),
  },
  "the server's encryption is stripped": {
    fromServer: firstOnly((hello) => rewritten(hello, without("encryption"))),
  },
  "the server's hello has one more blank": {
    fromServer: firstOnly((hello) => Buffer.concat([hello, Buffer.from(" ")])),
  },
  "the client's noise is stripped": {
    fromClient: firstOnly((hello) => rewritten(hello, without("noise"))),
  },
  "the client's client_ids are stripped": {
    fromClient: firstOnly((hello) => rewritten(hello, without("client_ids"))),
  },
};

for (const [what, meddling] of Object.entries(changedHellos)) {
  test(`where ${what} no channel stands`, async () => {
    await using watched = await startWatched();
    await using meddler = await Meddler.start(watched.server.port, meddling);
    await using peer = await RawPeer.connect(meddler.port);
    const { message } = await startNoise(peer, keyPair.publicKey);
    peer.send({ type: "noise_handshake", message: toBase64(message) });
    const said = await peer.nextMessage();
    assert.equal(said["type"], "error");
    assert.match(String(said["code"]), /^(handshake_failed|invalid_state)$/);
  });
}

/** What somebody in between can make of the sealed frames of one direction. */
const meddlers: Readonly<
  Record<string, (payload: Buffer, before: Buffer) => readonly Uint8Array[]>
> = {
  "is sent twice": (payload) => [payload, payload],
  "is swapped for the one before": (_payload, before) => [before],
  "loses its last byte": (payload) => [payload.subarray(0, -1)],
  "loses its first byte": (payload) => [payload.subarray(1)],
  "has one byte more": (payload) => [Buffer.concat([payload, Buffer.of(0)])],
  "is cut into two": (payload) => [payload.subarray(0, 20), payload.subarray(20)],
  "is joined to the one before": (payload, before) => [Buffer.concat([before, payload])],
  "is replaced by one in the clear": () => [
    Buffer.from('{"type":"get_user","request_id":"x","user_id":"injected"}'),
  ],
  "is followed by one in the clear": (payload) => [payload, Buffer.from('{"type":"ping"}')],
  "has its first bit flipped": (payload) => [altered(payload, 0, 0x80)],
  "has a bit in the middle flipped": (payload) => [altered(payload, payload.length >> 1, 1)],
  "has its last bit flipped": (payload) => [altered(payload, payload.length - 1, 1)],
};

/** Behind the hello and the handshake, each way. */
const FIRST_SEALED = 2;

/** From the frame `at` on, counted from the first sealed one. */
function meddle(
  at: number,
  change: (payload: Buffer, before: Buffer) => readonly Uint8Array[],
): Meddle {
  let before: Buffer = Buffer.from("{}");
  return (payload, index) => {
    const on = index === FIRST_SEALED + at ? change(payload, before) : [payload];
    before = payload;
    return { on };
  };
}

/** Signs in and asks for a user ten times, until the connection is closed. */
async function askInTurn({ client, binding }: SealedClient): Promise<number> {
  let answered = 0;
  try {
    await client.call("authenticate", { token: "ann", channel_binding: binding });
    for (; answered < 10; answered += 1) {
      await client.call("get_user", { user_id: user(`number-${answered}`) });
    }
  } catch {
    // Cut off.
  }
  return answered;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `number-${index}`);

for (const [what, change] of Object.entries(meddlers)) {
  test(`where a sealed frame of the client ${what} the server cuts the connection and does nothing for it`, async () => {
    await using watched = await startWatched();
    const { server, done } = watched;
    for (const at of [1, 4]) {
      done.length = 0;
      await using meddler = await Meddler.start(server.port, { fromClient: meddle(at, change) });
      await using sealed = await connectNoise(meddler.port, keyPair.publicKey);
      assert.ok((await askInTurn(sealed)) < 10);
      await server.until(() => server.connections.size === 0);
      // Frame 0 signs in; the altered one is done only where a good copy of it came first.
      const isWholeFirst = what.startsWith("is sent twice") || what.startsWith("is followed");
      assert.deepEqual(done, numbers(isWholeFirst ? at : at - 1));
      assert.equal(server.hub.isOnline(user("ann")), false);
      assert.equal(meddler.hasSeen(canary), false);
    }
  });

  test(`where a sealed frame of the server ${what} the client takes nothing from it`, async () => {
    await using watched = await startWatched();
    await using meddler = await Meddler.start(watched.server.port, {
      fromServer: meddle(4, change),
    });
    await using sealed = await connectNoise(meddler.port, keyPair.publicKey);
    assert.ok((await askInTurn(sealed)) <= 4);
    assert.doesNotMatch(JSON.stringify(sealed.client.received), /injected/);
    await watched.server.until(() => watched.server.connections.size === 0);
    assert.equal(meddler.hasSeen(canary), false);
  });
}

test("a frame of the server that is sent back to it is not taken for the client's", async () => {
  await using watched = await startWatched();
  const fromServer: Meddle = (payload, index) =>
    index === FIRST_SEALED + 2 ? { on: [payload], back: [payload] } : { on: [payload] };
  await using meddler = await Meddler.start(watched.server.port, { fromServer });
  await using sealed = await connectNoise(meddler.port, keyPair.publicKey);
  assert.ok((await askInTurn(sealed)) < 10);
  await watched.server.until(() => watched.server.connections.size === 0);
});

test("a recorded connection played to the server again signs nobody in", async () => {
  await using watched = await startWatched();
  const { server, done } = watched;
  await using recorder = await Meddler.start(server.port);
  await using sealed = await connectNoise(recorder.port, keyPair.publicKey);
  assert.equal(await askInTurn(sealed), 10);
  await sealed.client.close();
  await server.until(() => server.connections.size === 0);
  done.length = 0;
  await using again = await RawPeer.connect(server.port);
  again.socket.write(Buffer.concat(recorder.fromClient));
  const said = await again.rest();
  assert.deepEqual(done, []);
  assert.ok(said.length <= 2, "its hello and its part of the handshake");
  assert.equal(Buffer.concat(said).includes(canary), false);
});

test("every single bit of a frame counts", async () => {
  await using watched = await startWatched();
  const { server } = watched;
  const bytes = 60;
  for (let at = 0; at < bytes; at += 1) {
    const mask = 1 << (at % 8);
    const flip = meddle(0, (payload) => [altered(payload, at, mask)]);
    await using meddler = await Meddler.start(server.port, { fromClient: flip });
    await using sealed = await connectNoise(meddler.port, keyPair.publicKey);
    const { client, binding } = sealed;
    await assert.rejects(client.call("authenticate", { token: "ann", channel_binding: binding }));
  }
  await server.until(() => server.connections.size === 0);
});

for (const [what, change] of Object.entries(meddlers)) {
  // The format of 1.x has no place for a counter, so whole frames may come again, or in another order.
  const isUnseen = /twice|swapped/.test(what);
  if (isUnseen) continue;
  test(`on a channel of 1.x too a client's frame that ${what} cuts the connection`, async () => {
    await using watched = await startWatched();
    const { server } = watched;
    await using meddler = await Meddler.start(server.port, { fromClient: meddle(2, change) });
    await using sealed = await connect1x(meddler.port);
    const { client } = sealed;
    await assert.rejects(async () => {
      await client.call("authenticate", { token: "ann" });
      for (let count = 0; count < 4; count += 1)
        await client.call("get_user", { user_id: user("x") });
    });
    await server.until(() => server.connections.size === 0);
    assert.equal(meddler.hasSeen(canary), false);
    assert.doesNotMatch(JSON.stringify(client.received), /injected/);
  });
}

test("one who speaks Noise with both sides gets no bound sign-in through", async () => {
  await using watched = await startWatched();
  const { server } = watched;
  await using back = await connectNoise(server.port, keyPair.publicKey);
  const own = nodePrimitives.generateKeyPair();
  const stolen: unknown[] = [];
  await using between = await SmallServer.start({
    sealing: { noise: own, keyExchange: false },
    handlers: {
      authenticate: ({ channelBinding = "" }, { token }) => {
        stolen.push(token);
        const passedOn = { token: String(token), channel_binding: channelBinding };
        return back.client.call("authenticate", passedOn);
      },
    },
  });
  // Taken in by a key that was swapped before it was ever pinned.
  await using victim = await connectNoise(between.port, own.publicKey);
  const signIn = { token: "ann", channel_binding: victim.binding };
  assert.equal((await victim.client.refusal("authenticate", signIn)).code, "channel_mismatch");
  assert.equal(
    (await back.client.refusal("authenticate", { token: "ann" })).code,
    "channel_mismatch",
  );
  assert.deepEqual(stolen, ["ann"]);
  assert.equal(server.hub.isOnline(user("ann")), false);
});
