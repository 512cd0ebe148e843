import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { helloPrologue } from "./hello-prologue.ts";
import { noblePrimitives } from "./noble-primitives.ts";
import { nodePrimitives } from "./node-primitives.ts";
import { answerNoise, NOISE_MESSAGE_BYTES, NoiseInitiator } from "./noise-nk.ts";
import type { Primitives } from "./primitives.ts";
import { type NoiseVector, noiseVectors } from "./test/noise-nk-vectors.ts";
import { altered, bytesOf, failsWith, hex, smallOrderPoints } from "./test/peers.ts";

const implementations = { noble: noblePrimitives, node: nodePrimitives };
const prologue = bytesOf("both hellos");
const keyPair = nodePrimitives.generateKeyPair();

const start = (options: { prologue?: Uint8Array; serverKey?: Uint8Array } = {}) =>
  new NoiseInitiator(nodePrimitives, { prologue, serverKey: keyPair.publicKey, ...options });
const answer = (message: Uint8Array, options: { prologue?: Uint8Array } = {}) =>
  answerNoise(nodePrimitives, { prologue, keyPair, ...options }, message);

/** The primitives, with the ephemeral key that the vector was made with. */
function withEphemeral(primitives: Primitives, secret: string): Primitives {
  const secretKey = hex(secret);
  const ephemeral = { secretKey, publicKey: primitives.publicKeyOf(secretKey) };
  return { ...primitives, generateKeyPair: () => ephemeral };
}

function runVector(primitives: Primitives, vector: NoiseVector): void {
  const [first, second, ...transport] = vector.messages;
  assert.ok(first !== undefined && second !== undefined && transport.length > 0);
  const known = { prologue: hex(vector.prologue), serverKey: hex(vector.serverKey) };
  const secretKey = hex(vector.serverSecret);
  assert.deepEqual(primitives.publicKeyOf(secretKey), known.serverKey);

  const initiator = new NoiseInitiator(withEphemeral(primitives, vector.initiatorEphemeral), {
    ...known,
    payload: hex(first.payload),
  });
  assert.deepEqual(initiator.message, hex(first.ciphertext));
  const { reply, session: server } = answerNoise(
    withEphemeral(primitives, vector.responderEphemeral),
    {
      prologue: known.prologue,
      keyPair: { publicKey: known.serverKey, secretKey },
      payload: hex(second.payload),
    },
    hex(first.ciphertext),
  );
  assert.deepEqual(reply, hex(second.ciphertext));
  const client = initiator.finish(hex(second.ciphertext));
  assert.deepEqual(server.payload, hex(first.payload));
  assert.deepEqual(client.payload, hex(second.payload));
  assert.deepEqual(client.handshakeHash, server.handshakeHash);
  if (vector.handshakeHash !== undefined) {
    assert.deepEqual(client.handshakeHash, hex(vector.handshakeHash));
  }
  for (const [index, { payload, ciphertext }] of transport.entries()) {
    const [from, to] = index % 2 === 0 ? [client, server] : [server, client];
    assert.deepEqual(from.sending.encrypt(hex(payload)), hex(ciphertext));
    assert.deepEqual(to.receiving.decrypt(hex(ciphertext)), hex(payload));
  }
}

for (const [name, primitives] of Object.entries(implementations)) {
  for (const vector of noiseVectors) {
    test(`${name} gives every byte of the vector of ${vector.source}`, () => {
      runVector(primitives, vector);
    });
  }
}

test("the two implementations shake hands with each other", () => {
  for (const [ours, theirs] of [
    [noblePrimitives, nodePrimitives],
    [nodePrimitives, noblePrimitives],
  ] as const) {
    const initiator = new NoiseInitiator(ours, { prologue, serverKey: keyPair.publicKey });
    const { reply, session } = answerNoise(theirs, { prologue, keyPair }, initiator.message);
    const client = initiator.finish(reply);
    assert.deepEqual(
      session.receiving.decrypt(client.sending.encrypt(prologue)),
      client.receiving.decrypt(session.sending.encrypt(prologue)),
    );
  }
});

test("each message without a payload has the published length", () => {
  const initiator = start();
  assert.equal(initiator.message.length, NOISE_MESSAGE_BYTES);
  assert.equal(answer(initiator.message).reply.length, NOISE_MESSAGE_BYTES);
});

test("every handshake has keys and a hash of its own, though the server's key is the same", () => {
  const hashes = Array.from({ length: 20 }, () => {
    const initiator = start();
    const { handshakeHash } = initiator.finish(answer(initiator.message).reply);
    return Buffer.from(handshakeHash).toString("hex");
  });
  assert.equal(new Set(hashes).size, hashes.length);
});

test("a server with another key can't answer, nor can one that makes up a reply", () => {
  const other = nodePrimitives.generateKeyPair();
  const initiator = start({ serverKey: other.publicKey });
  assert.throws(() => answer(initiator.message), failsWith("not_authentic"));

  // It pretends that the client meant its own key.
  const forOther = answerNoise(nodePrimitives, { prologue, keyPair: other }, initiator.message);
  assert.throws(() => start().finish(forOther.reply), failsWith("not_authentic"));
});

test("a hello altered on the way fails the handshake, whichever of the two it is", () => {
  const serverHello = bytesOf('{"type":"server_hello","features":["client_ids","noise","log"]}');
  const clientHello = bytesOf('{"type":"client_hello","features":["client_ids","noise"]}');
  const stripped = bytesOf('{"type":"server_hello","features":["client_ids","noise"]}');
  const theirs = helloPrologue(serverHello, clientHello);
  const ours = helloPrologue(stripped, clientHello);
  const initiator = start({ prologue: ours });
  assert.throws(() => answer(initiator.message, { prologue: theirs }), failsWith("not_authentic"));
  assert.doesNotThrow(() => answer(initiator.message, { prologue: ours }));

  const oneByteOff = fc.property(
    fc.nat(theirs.length - 1),
    fc.integer({ min: 1, max: 255 }),
    (at, mask) => {
      const { message } = start({ prologue: altered(theirs, at, mask) });
      assert.throws(() => answer(message, { prologue: theirs }), failsWith("not_authentic"));
    },
  );
  fc.assert(oneByteOff, { numRuns: 300 });
});

test("a handshake message with any byte altered is refused", () => {
  const anyByte = fc.property(
    fc.nat(NOISE_MESSAGE_BYTES - 1),
    fc.integer({ min: 1, max: 255 }),
    (at, mask) => {
      const initiator = start();
      assert.throws(() => answer(altered(initiator.message, at, mask)));
      const { reply } = answer(initiator.message);
      assert.throws(() => initiator.finish(altered(reply, at, mask)));
      // A wrong answer ends it: the right one comes too late.
      assert.throws(() => initiator.finish(reply), failsWith("finished"));
    },
  );
  fc.assert(anyByte, { numRuns: 300 });
});

test("arbitrary bytes are never taken for a handshake message, and fail with a known code", () => {
  const anyBytes = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.throws(() => answer(bytes), { name: "HandshakeError" });
    assert.throws(() => start().finish(bytes), { name: "HandshakeError" });
  });
  fc.assert(anyBytes, { numRuns: 300 });
});

test("a message cut short or longer than Noise allows is malformed", () => {
  const { message } = start();
  for (const wrong of [message.subarray(0, -1), new Uint8Array(0), new Uint8Array(65_536)]) {
    assert.throws(() => answer(wrong), failsWith("malformed"));
    assert.throws(() => start().finish(wrong), failsWith("malformed"));
  }
  const longer = new Uint8Array(message.length + 1);
  longer.set(message);
  assert.throws(() => answer(longer), failsWith("not_authentic"));
});

test("a reply to another handshake, or the own message sent back, is no reply", () => {
  const recorded = answer(start().message).reply;
  assert.throws(() => start().finish(recorded), failsWith("not_authentic"));
  const initiator = start();
  assert.throws(() => initiator.finish(initiator.message), failsWith("not_authentic"));
});

test("a recorded first message gets an answer, but the frames recorded behind it fit no more", () => {
  const initiator = start();
  const recorded = initiator.message;
  const client = initiator.finish(answer(recorded).reply);
  const frame = client.sending.encrypt(bytesOf("my password"));
  const { session } = answer(recorded);
  assert.throws(() => session.receiving.decrypt(frame), failsWith("not_authentic"));
});

test("keys of small order are refused as the server's key and as either ephemeral key", () => {
  const { message } = start();
  for (const primitives of Object.values(implementations)) {
    for (const point of smallOrderPoints) {
      const forged = message.slice();
      forged.set(point);
      const options = { prologue, serverKey: point };
      assert.throws(() => new NoiseInitiator(primitives, options), failsWith("weak_key"));
      assert.throws(
        () => answerNoise(primitives, { prologue, keyPair }, forged),
        failsWith("weak_key"),
      );
      const initiator = new NoiseInitiator(primitives, { prologue, serverKey: keyPair.publicKey });
      assert.throws(() => initiator.finish(forged), failsWith("weak_key"));
    }
  }
});

test("a server key of another length is refused before anything is made of it", () => {
  for (const length of [0, 31, 33]) {
    assert.throws(() => start({ serverKey: new Uint8Array(length) }), failsWith("invalid_key"));
  }
});
