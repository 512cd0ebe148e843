import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toBase64 } from "./base64.ts";
import { HandshakeError } from "./handshake-error.ts";
import { answerLegacyKeyExchange, LegacySealedChannel } from "./legacy-key-exchange.ts";
import { noblePrimitives } from "./noble-primitives.ts";
import { nodePrimitives } from "./node-primitives.ts";
import { OldCrypto } from "./test/old-crypto.ts";
import { altered, bytesOf, failsWith, smallOrderPoints } from "./test/peers.ts";

const channel = (key = nodePrimitives.randomBytes(32), max?: number) =>
  new LegacySealedChannel(nodePrimitives, key, max);

for (const [name, primitives] of Object.entries({ noblePrimitives, nodePrimitives })) {
  test(`a 1.x client and ${name} understand each other`, () => {
    const client = new OldCrypto();
    const answer = answerLegacyKeyExchange(primitives, client.publicKey);
    assert.equal(answer.response.type, "key_exchange_response");
    assert.equal(answer.response.public_key.length, 44);
    client.take(answer.response.public_key);
    for (const text of ["{}", '{"type":"ping"}', "ü".repeat(40_000)]) {
      assert.deepEqual(answer.channel.open(client.seal(bytesOf(text))), bytesOf(text));
      assert.equal(Buffer.from(client.open(answer.channel.seal(bytesOf(text)))).toString(), text);
    }
  });

  test(`${name}: a client's key of small order is refused`, () => {
    for (const point of smallOrderPoints) {
      const exchange = () => answerLegacyKeyExchange(primitives, toBase64(point));
      assert.throws(exchange, failsWith("weak_key"));
    }
  });
}

test("every exchange has a key of the server's own", () => {
  const { publicKey } = new OldCrypto();
  const keys = Array.from({ length: 20 }, () => {
    return answerLegacyKeyExchange(nodePrimitives, publicKey).response.public_key;
  });
  assert.equal(new Set(keys).size, keys.length);
});

test("a client's key that is not the base64 of 32 bytes is refused", () => {
  const good = toBase64(nodePrimitives.generateKeyPair().publicKey);
  const wrong = {
    empty: "",
    "no base64": "not valid base64!!!",
    "five bytes": "aGVsbG8=",
    "31 bytes": toBase64(new Uint8Array(31).fill(9)),
    "33 bytes": toBase64(new Uint8Array(33).fill(9)),
    "no padding": good.slice(0, -1),
    "a blank in front": ` ${good.slice(0, -1)}`,
    "a line end behind": `${good}\n`,
    "the alphabet of URLs": `_-${good.slice(2)}`,
    "spare bits set": `${good.slice(0, -2)}B=`,
    "letters of no alphabet": "ä".repeat(44),
  };
  for (const [what, text] of Object.entries(wrong)) {
    const exchange = () => answerLegacyKeyExchange(nodePrimitives, text);
    assert.throws(exchange, failsWith("malformed"), what);
  }
});

test("any text at all is answered or refused by name", () => {
  const anyText = fc.property(
    fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.base64String({ maxLength: 60 })),
    (text) => {
      try {
        answerLegacyKeyExchange(nodePrimitives, text);
      } catch (error) {
        assert.ok(error instanceof HandshakeError, String(error));
      }
    },
  );
  fc.assert(anyText, { numRuns: 500 });
});

test("a sealed payload is a nonce drawn for it, the ciphertext and the tag", () => {
  const drawn = [new Uint8Array(12).fill(1), new Uint8Array(12).fill(2)];
  const key = nodePrimitives.randomBytes(32);
  const { aead } = nodePrimitives;
  const sealing = new LegacySealedChannel(
    {
      aead,
      randomBytes: (count) => {
        assert.equal(count, 12);
        return drawn.shift() ?? assert.fail("more randomness than frames");
      },
    },
    key,
  );
  const [first, second] = [sealing.seal(bytesOf("same")), sealing.seal(bytesOf("same"))];
  assert.deepEqual(first.subarray(0, 12), new Uint8Array(12).fill(1));
  assert.deepEqual(second.subarray(0, 12), new Uint8Array(12).fill(2));
  assert.notDeepEqual(first.subarray(12), second.subarray(12));
  assert.equal(first.length, sealing.sealedBytes(4));
  assert.equal(first.length, 4 + 28);
});

test("a frame with any byte altered is refused, and the channel is dead", () => {
  const anyByte = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    (payload, at, mask) => {
      const key = nodePrimitives.randomBytes(32);
      const [sealer, opener] = [channel(key), channel(key)];
      const good = sealer.seal(payload);
      assert.throws(() => opener.open(altered(good, at, mask)), failsWith("not_authentic"));
      assert.throws(() => opener.open(good), failsWith("not_authentic"));
      assert.throws(() => opener.seal(payload), failsWith("not_authentic"));
    },
  );
  fc.assert(anyByte, { numRuns: 300 });
});

test("a frame of less than nonce and tag is refused, whatever is in it", () => {
  for (let length = 0; length < 28; length += 1) {
    assert.throws(() => channel().open(new Uint8Array(length)), failsWith("truncated"));
  }
  assert.throws(() => channel().open(new Uint8Array(28)), failsWith("not_authentic"));
});

test("plaintext slipped into a sealed connection is refused", () => {
  const plain = bytesOf('{"type":"login","username":"a","password":"b"}');
  assert.throws(() => channel().open(plain), failsWith("not_authentic"));
});

test("a channel seals only as many payloads as random nonces are safe for", () => {
  const bounded = channel(nodePrimitives.randomBytes(32), 3);
  for (let count = 0; count < 3; count += 1) bounded.seal(bytesOf("x"));
  assert.throws(() => bounded.seal(bytesOf("x")), failsWith("exhausted"));
});
