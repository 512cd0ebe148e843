import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noblePrimitives } from "./noble-primitives.ts";
import { nodePrimitives } from "./node-primitives.ts";
import { refuseZeroSecret } from "./primitives.ts";
import { altered, failsWith, smallOrderPoints } from "./test/peers.ts";

const both = { noble: noblePrimitives, node: nodePrimitives };
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test("both implementations give the same bytes", () => {
  const same = fc.property(
    exactly(32),
    exactly(12),
    bytes(300),
    bytes(80),
    (key, nonce, data, associated) => {
      const [noble, node] = [noblePrimitives.aead(key), nodePrimitives.aead(key)];
      const sealed = noble.seal(nonce, data, associated);
      assert.deepEqual(node.seal(nonce, data, associated), sealed);
      assert.deepEqual(node.open(nonce, sealed, associated), data);
      assert.deepEqual(noble.open(nonce, sealed, associated), data);
      assert.deepEqual(nodePrimitives.hash(data), noblePrimitives.hash(data));
      assert.deepEqual(nodePrimitives.hmac(key, data), noblePrimitives.hmac(key, data));
    },
  );
  fc.assert(same, { numRuns: 300 });
});

test("both agree on the public key and on the shared secret, for any secret and any point", () => {
  const same = fc.property(exactly(32), exactly(32), (secret, point) => {
    assert.deepEqual(nodePrimitives.publicKeyOf(secret), noblePrimitives.publicKeyOf(secret));
    assert.deepEqual(nodePrimitives.dh(secret, point), noblePrimitives.dh(secret, point));
  });
  fc.assert(same, { numRuns: 50 });
});

test("a secret of zeros is refused even by a library that gives one, and no other is", () => {
  assert.throws(() => refuseZeroSecret(new Uint8Array(32)), failsWith("weak_key"));
  for (let bit = 0; bit < 256; bit += 1) {
    const secret = altered(new Uint8Array(32), bit >> 3, 1 << (bit & 7));
    assert.equal(refuseZeroSecret(secret), secret);
  }
});

for (const [name, primitives] of Object.entries(both)) {
  test(`${name}: two fresh key pairs share a secret`, () => {
    const [one, other] = [primitives.generateKeyPair(), primitives.generateKeyPair()];
    assert.notDeepEqual(one.publicKey, other.publicKey);
    assert.deepEqual(primitives.publicKeyOf(one.secretKey), one.publicKey);
    assert.deepEqual(
      primitives.dh(one.secretKey, other.publicKey),
      primitives.dh(other.secretKey, one.publicKey),
    );
  });

  test(`${name}: a point of small order gives no secret`, () => {
    const { secretKey } = primitives.generateKeyPair();
    for (const point of smallOrderPoints) {
      assert.throws(() => primitives.dh(secretKey, point), failsWith("weak_key"));
    }
  });

  test(`${name}: a key of another length than 32 bytes is refused wherever one is taken`, () => {
    const good = new Uint8Array(32).fill(9);
    for (const length of [0, 1, 16, 31, 33, 64]) {
      const wrong = new Uint8Array(length).fill(9);
      assert.throws(() => primitives.dh(wrong, good), failsWith("invalid_key"));
      assert.throws(() => primitives.dh(good, wrong), failsWith("invalid_key"));
      assert.throws(() => primitives.publicKeyOf(wrong), failsWith("invalid_key"));
      assert.throws(() => primitives.aead(wrong), failsWith("invalid_key"));
    }
  });

  test(`${name}: what is altered, too short or sealed for another purpose does not open`, () => {
    const aead = primitives.aead(primitives.randomBytes(32));
    const [nonce, purpose] = [primitives.randomBytes(12), primitives.randomBytes(5)];
    const sealed = aead.seal(nonce, new Uint8Array(40), purpose);
    for (let at = 0; at < sealed.length; at += 1) {
      assert.equal(aead.open(nonce, altered(sealed, at, 0x10), purpose), undefined);
      assert.equal(aead.open(nonce, sealed.subarray(0, at), purpose), undefined);
    }
    assert.equal(aead.open(nonce, sealed, new Uint8Array(0)), undefined);
    assert.equal(aead.open(altered(nonce, 0, 1), sealed, purpose), undefined);
  });

  test(`${name}: results are plain Uint8Arrays in memory that nobody else writes`, () => {
    const { publicKey, secretKey } = primitives.generateKeyPair();
    const aead = primitives.aead(secretKey);
    const nonce = primitives.randomBytes(12);
    const plaintext = Uint8Array.of(1, 2, 3);
    const sealed = aead.seal(nonce, plaintext, new Uint8Array(0));
    const results = [
      publicKey,
      secretKey,
      nonce,
      sealed,
      aead.open(nonce, sealed, new Uint8Array(0)),
      primitives.publicKeyOf(secretKey),
      primitives.dh(secretKey, publicKey),
      primitives.hash(plaintext),
      primitives.hmac(plaintext, plaintext),
    ];
    for (const result of results) assert.equal(result?.constructor, Uint8Array);
    const before = sealed.slice();
    plaintext.fill(0);
    assert.deepEqual(sealed, before);
  });
}
