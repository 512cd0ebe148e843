import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { fingerprintOf } from "@lair-chat/protocol/handshake/fingerprint.ts";
import { nodePrimitives } from "@lair-chat/protocol/handshake/node-primitives.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { manualClock } from "../test/manual-clock.ts";
import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";
import { type LiveLink, openLink } from "./link.ts";
import type { ServerTrust } from "./server-trust.ts";
import { openTcp } from "./tcp-transport.ts";
import { type Peer, scriptedServer } from "./test/scripted-server.ts";
import { type Change, type Changes, tamperingRoad } from "./test/tampering-road.ts";
import { noise, rememberedServers, server, trustOf } from "./test/trusting.ts";

const canary = "canary-token-7d1f";
const server_time = "2026-03-01T12:00:00.000Z";

async function dial(
  address: { host: string; port: number },
  trust?: ServerTrust,
): Promise<LiveLink> {
  return openLink({
    transport: await openTcp(address, await noise(trust)),
    clock: manualClock(),
    clientName: "test",
    onEvent: () => undefined,
  });
}

const stop = async (link: LiveLink): Promise<void> => {
  link.close(new ConnectionError("stopped", ""));
  await link.closed;
};

const isKind = (kind: ConnectionErrorKind) => (error: ConnectionError) => {
  assert.equal(error.kind, kind, error.message);
  assert.doesNotMatch(error.message, /undefined|\n/);
  return true;
};

/** A server that answers every request as if it were a ping. */
const answering = (
  seen: (message: Record<string, unknown>, peer: Peer) => void = () => undefined,
) =>
  scriptedServer(async (peer) => {
    await peer.greets();
    for (;;) {
      const message = await peer.hears();
      seen(message, peer);
      peer.say({ type: "pong", request_id: message["request_id"], success: true, server_time });
    }
  });

const textOf = (payloads: readonly Uint8Array[]): string =>
  Buffer.concat(payloads).toString("latin1");

test("everything after the hellos is sealed, and a sign-in is bound to its channel", async () => {
  const heard = Promise.withResolvers<[Record<string, unknown>, string]>();
  await using chat = await answering((message, peer) =>
    heard.resolve([message, peer.channelBinding]),
  );
  await using road = await tamperingRoad(chat.port);
  const link = await dial(road.address);
  await assert.rejects(link.call("authenticate", { token: canary }), { code: "invalid_message" });
  const [said, binding] = await heard.promise;
  assert.equal(said["token"], canary);
  assert.equal(said["channel_binding"], binding);
  assert.equal(Buffer.from(binding, "base64").length, 32);
  await link.call("ping", {});
  assert.deepEqual(road.fromClient.slice(0, 2).map(typeOf), ["client_hello", "noise_handshake"]);
  assert.doesNotMatch(textOf(road.fromClient), /canary|authenticate|channel_binding/);
  assert.doesNotMatch(textOf(road.fromServer), /pong|server_time/);
  await stop(link);
});

const typeOf = (payload: Uint8Array): unknown =>
  (JSON.parse(new TextDecoder().decode(payload)) as { type?: unknown }).type;

test("messages of every size pass, in one frame each", async () => {
  const sizes: number[] = [];
  await using chat = await answering((message) => sizes.push(String(message["token"]).length));
  await using road = await tamperingRoad(chat.port);
  const link = await dial(road.address);
  const wanted = [1, 65_400, 65_519, 65_520, 140_000, 1_000_000];
  for (const size of wanted) {
    const call = link.call("authenticate", { token: "x".repeat(size) });
    await assert.rejects(call, { code: "invalid_message" });
  }
  assert.deepEqual(sizes, wanted);
  assert.equal(road.fromClient.length, 2 + wanted.length);
  await stop(link);
});

test("the largest message of the protocol passes, and nothing larger", async () => {
  const notice = (bytes: number): string => {
    const text = JSON.stringify({ type: "server_notice", message: "", severity: "info" });
    return text.replace('""', `"${"x".repeat(bytes - text.length)}"`);
  };
  const heard: number[] = [];
  await using chat = await scriptedServer(async (peer) => {
    await peer.greets();
    peer.sayRaw(notice(limits.frameBytes));
    peer.sayRaw(notice(limits.frameBytes + 1));
  });
  const link = await openLink({
    transport: await openTcp(chat.address, await noise()),
    clock: manualClock(),
    clientName: "test",
    onEvent: (event) => heard.push(JSON.stringify(event).length),
  });
  isKind("broken_protocol")(await link.closed);
  assert.deepEqual(heard, [limits.frameBytes]);
});

/** Alters the JSON of the frame with this number. */
const rewrite =
  (which: number, alter: (message: Record<string, unknown>) => object): Change =>
  (payload, at) => {
    if (at !== which) return [payload];
    const message = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    return [new TextEncoder().encode(JSON.stringify(alter(message)))];
  };

const strangersKey = toBase64(nodePrimitives.generateKeyPair().publicKey);
const withoutNoise = (message: Record<string, unknown>) => ({
  ...message,
  features: ["client_ids", "log"],
});

const betweenHellos: [string, Changes, ConnectionErrorKind][] = [
  ["strips the feature", { toClient: rewrite(0, withoutNoise) }, "without_noise"],
  [
    "strips the key",
    { toClient: rewrite(0, (message) => ({ ...message, noise_key: undefined })) },
    "without_noise",
  ],
  [
    "sends a key that is none",
    { toClient: rewrite(0, (message) => ({ ...message, noise_key: "AAAA" })) },
    "without_noise",
  ],
  [
    "changes a word of the server's hello",
    { toClient: rewrite(0, (message) => ({ ...message, server_name: "other" })) },
    "closed",
  ],
  [
    "adds a blank to the server's hello",
    {
      toClient: (payload, at) => [at === 0 ? Buffer.concat([payload, Buffer.from(" ")]) : payload],
    },
    "closed",
  ],
  ["strips the client's feature", { toServer: rewrite(0, withoutNoise) }, "closed"],
  [
    "answers in the server's place",
    {
      toClient: rewrite(1, (message) => ({ ...message, message: toBase64(new Uint8Array(48)) })),
    },
    "noise_failed",
  ],
  [
    "shortens the server's answer",
    { toClient: rewrite(1, (message) => ({ ...message, message: "AAAA" })) },
    "noise_failed",
  ],
  [
    "says that it is not possible",
    {
      toClient: rewrite(1, () => ({ type: "error", code: "internal", message: "Try plaintext" })),
    },
    "noise_failed",
  ],
];

for (const [what, changes, kind] of betweenHellos) {
  test(`who ${what} gets no credential out of the client`, async () => {
    await using chat = await answering();
    await using road = await tamperingRoad(chat.port, changes);
    const attempt = dial(road.address).then((link) => link.call("authenticate", { token: canary }));
    await assert.rejects(attempt, isKind(kind));
    assert.ok(road.fromClient.length <= 2, `${road.fromClient.length} frames`);
    assert.doesNotMatch(textOf(road.fromClient), /canary|token/);
  });
}

test("a stranger with the hello of the right server but without its key is found out", async () => {
  const right = nodePrimitives.generateKeyPair();
  const wrong = nodePrimitives.generateKeyPair();
  await using chat = await scriptedServer((peer) => peer.greets().then(() => undefined), {
    keyPair: { publicKey: right.publicKey, secretKey: wrong.secretKey },
  });
  await using road = await tamperingRoad(chat.port);
  await assert.rejects(dial(road.address), isKind("closed"));
  assert.equal(road.fromClient.length, 2);
});

test("a server is remembered by its key, and only once it has proven to have it", async () => {
  const pins = rememberedServers();
  const trust = trustOf({ pins, takesNoiseKey: "silently" });
  await using chat = await answering();
  await using road = await tamperingRoad(chat.port, {
    toClient: rewrite(1, (message) => ({ ...message, message: toBase64(new Uint8Array(48)) })),
  });
  await assert.rejects(dial(road.address, trust));
  assert.equal(pins.known.size, 0);
  await stop(await dial(chat.address, trust));
  assert.deepEqual(pins.known.get(server), { noiseKey: toBase64(chat.noiseKey) });
  await stop(await dial(chat.address, trust));
});

test("another key than the remembered one is refused before a byte is sent, with both fingerprints", async () => {
  const old = nodePrimitives.generateKeyPair().publicKey;
  const pins = rememberedServers([server, { noiseKey: toBase64(old) }]);
  await using chat = await answering();
  await using road = await tamperingRoad(chat.port);
  const trust = trustOf({ pins, takesNoiseKey: "silently" });
  for (const _ of [1, 2]) {
    await assert.rejects(dial(road.address, trust), (error: ConnectionError) => {
      for (const words of [fingerprintOf(old), fingerprintOf(chat.noiseKey), "--forget-server"]) {
        assert.ok(error.message.includes(words), words);
      }
      return isKind("noise_key_changed")(error);
    });
  }
  assert.deepEqual(road.fromClient, []);
  assert.deepEqual(pins.known.get(server), { noiseKey: toBase64(old) });
});

test("a swapped key is refused where the right one was given or learnt", async () => {
  const right = nodePrimitives.generateKeyPair().publicKey;
  await using chat = await answering();
  await using road = await tamperingRoad(chat.port);
  const given = trustOf({ given: { noiseKey: right, fingerprint: undefined } });
  const learnt = trustOf({ learnNoiseKey: async () => right });
  for (const trust of [given, learnt]) {
    await assert.rejects(dial(road.address, trust), isKind("noise_key_differs"));
  }
  assert.deepEqual(road.fromClient, []);
});

test("a key given by the person, or learnt, is the one that is remembered", async () => {
  await using chat = await answering();
  const fingerprint = fingerprintOf(chat.noiseKey);
  for (const options of [
    { given: { noiseKey: chat.noiseKey, fingerprint: undefined } },
    { given: { noiseKey: undefined, fingerprint } },
    { learnNoiseKey: async () => chat.noiseKey },
  ]) {
    const pins = rememberedServers();
    await stop(await dial(chat.address, trustOf({ ...options, pins })));
    assert.deepEqual(pins.known.get(server), { noiseKey: toBase64(chat.noiseKey) });
  }
});

test("--noise-key does not push a remembered key aside", async () => {
  await using chat = await answering();
  const pins = rememberedServers([server, { noiseKey: strangersKey }]);
  const trust = trustOf({ pins, given: { noiseKey: chat.noiseKey, fingerprint: undefined } });
  await assert.rejects(dial(chat.address, trust), isKind("given_key_differs"));
  assert.equal(chat.connections, 0);
});

test("over the network a key that nobody vouches for is refused, or taken with a word about it", async () => {
  const told: string[] = [];
  await using chat = await answering();
  await using road = await tamperingRoad(chat.port);
  const unreachable = async () => {
    throw new ConnectionError("refused", "https://chat.example:8082");
  };
  const strict = trustOf({ learnNoiseKey: unreachable });
  await assert.rejects(dial(road.address, strict), (error: ConnectionError) => {
    assert.match(error.message, /--noise-key KEY/);
    assert.ok(error.message.includes(fingerprintOf(chat.noiseKey)));
    return isKind("unknown_noise_key")(error);
  });
  assert.deepEqual(road.fromClient, []);
  const insecure = trustOf({
    learnNoiseKey: unreachable,
    takesNoiseKey: "with_a_word",
    warn: (text) => told.push(text),
  });
  await stop(await dial(road.address, insecure));
  assert.match(told.join(), /^--insecure: .*SHA256:/);
});

test("a certificate to be judged comes before a key that nobody vouches for", async () => {
  await using chat = await answering();
  for (const kind of ["unknown_certificate", "certificate_changed"] as const) {
    const trust = trustOf({
      learnNoiseKey: async () => {
        throw new ConnectionError(kind, "https://chat.example:8082");
      },
    });
    await assert.rejects(dial(chat.address, trust), isKind(kind));
  }
  assert.equal(chat.connections, 0);
});

// The server's third frame is its first sealed answer.
const FIRST_SEALED = 2;
const flipped = (payload: Uint8Array, at: number) => payload.with(at, (payload.at(at) ?? 0) ^ 0x40);

function withHeld(hold: (payload: Uint8Array, before: Uint8Array) => Uint8Array[]): Change {
  let before: Uint8Array | undefined;
  return (payload, at) => {
    if (at < FIRST_SEALED) return [payload];
    if (before !== undefined) return hold(payload, before);
    before = payload;
    return [];
  };
}

const afterwards: [string, Change][] = [
  ["a flipped bit", (payload, at) => [at < FIRST_SEALED ? payload : flipped(payload, 3)]],
  [
    "a flipped bit of the tag",
    (payload, at) => [at < FIRST_SEALED ? payload : flipped(payload, payload.length - 1)],
  ],
  ["a shortened frame", (payload, at) => [at < FIRST_SEALED ? payload : payload.subarray(1)]],
  ["a stump", (payload, at) => [at < FIRST_SEALED ? payload : payload.subarray(0, 4)]],
  ["a frame sent twice", (payload, at) => (at < FIRST_SEALED ? [payload] : [payload, payload])],
  ["two frames in the other order", withHeld((second, first) => [second, first])],
  ["a frame left out", withHeld((second) => [second])],
  ["two frames joined", withHeld((second, first) => [Buffer.concat([first, second])])],
  [
    "a word in the clear",
    (payload, at) => [
      at < FIRST_SEALED
        ? payload
        : Buffer.from('{"type":"server_notice","message":"x","severity":"info"}'),
    ],
  ],
];

for (const [what, toClient] of afterwards) {
  test(`${what} ends the connection`, async () => {
    await using chat = await answering();
    await using road = await tamperingRoad(chat.port, { toClient });
    const link = await dial(road.address);
    const calls = Promise.allSettled([link.call("ping", {}), link.call("ping", {})]);
    isKind("tampered")(await link.closed);
    await calls;
  });
}

test("what the client sent itself is not taken for an answer", async () => {
  await using chat = await answering();
  await using road = await tamperingRoad(chat.port, {
    toClient: (payload, at) => [at < FIRST_SEALED ? payload : (road.fromClient.at(-1) ?? payload)],
  });
  const link = await dial(road.address);
  await assert.rejects(link.call("ping", {}), isKind("tampered"));
});

test("answers of one connection mean nothing on the next", async () => {
  await using chat = await answering();
  let isReplaying = false;
  const recorded: Uint8Array[] = [];
  await using road = await tamperingRoad(chat.port, {
    toClient: (payload, at) => {
      if (!isReplaying) recorded.push(payload);
      return [isReplaying ? (recorded[at] ?? payload) : payload];
    },
  });
  const first = await dial(road.address);
  await first.call("ping", {});
  await stop(first);
  isReplaying = true;
  await assert.rejects(dial(road.address));
});
