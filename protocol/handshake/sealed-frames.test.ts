import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { CipherState, counterNonce } from "./cipher-state.ts";
import { HandshakeError } from "./handshake-error.ts";
import { nodePrimitives } from "./node-primitives.ts";
import { SealedChannel } from "./sealed-frames.ts";
import { altered, bytesOf, connect, failsWith } from "./test/peers.ts";

const NOISE_MESSAGE = 65_535;
const TAG = 16;

function pair(): { client: SealedChannel; server: SealedChannel } {
  const { client, server } = connect();
  return { client: new SealedChannel(client), server: new SealedChannel(server) };
}

/** Two ends under one key, with bounds that a test can reach. */
function bounded(bounds: { rekeyEvery: number; maxMessages: number }) {
  const [up, down] = [nodePrimitives.randomBytes(32), nodePrimitives.randomBytes(32)];
  const state = (key: Uint8Array) => new CipherState(nodePrimitives, key, bounds);
  const client = new SealedChannel({ sending: state(up), receiving: state(down) });
  const server = new SealedChannel({ sending: state(down), receiving: state(up) });
  return { client, server, up };
}

/** AES-256-GCM as the Noise specification has it, told apart from our own code. */
function specSeal(key: Uint8Array, counter: bigint, plaintext: Uint8Array): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(counter, 4);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return new Uint8Array(sealed);
}

const messages = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 2, maxLength: 8 });

test("what one side seals the other opens, in order, in both directions", () => {
  const { client, server } = pair();
  const anyPayload = fc.property(fc.uint8Array({ maxLength: 2000 }), (payload) => {
    const up = client.seal(payload);
    assert.equal(up.length, client.sealedBytes(payload.length));
    assert.deepEqual(server.open(up), payload);
    assert.deepEqual(client.open(server.seal(payload)), payload);
  });
  fc.assert(anyPayload, { numRuns: 500 });
});

test("a payload longer than a Noise message travels as several, and ends where it ended", () => {
  const { client, server } = pair();
  const whole = NOISE_MESSAGE - TAG;
  for (const size of [0, 1, whole - 1, whole, whole + 1, 2 * whole, 2 * whole + 1, 2 ** 20]) {
    const payload = nodePrimitives.randomBytes(size);
    const sealed = client.seal(payload);
    assert.equal(sealed.length, client.sealedBytes(size));
    assert.equal(sealed.length, size + TAG * (Math.floor(size / whole) + 1));
    assert.ok(Buffer.from(server.open(sealed)).equals(payload), `${size} bytes`);
  }
});

test("a long frame cut where one of its Noise messages ends is refused", () => {
  for (const size of [NOISE_MESSAGE - TAG, 200_000]) {
    const { client, server } = pair();
    const sealed = client.seal(new Uint8Array(size));
    assert.throws(() => server.open(sealed.subarray(0, NOISE_MESSAGE)), failsWith("truncated"));
  }
});

test("two frames joined into one are refused", () => {
  for (const size of [10, NOISE_MESSAGE - TAG, 100_000]) {
    const { client, server } = pair();
    const joined = Buffer.concat([client.seal(new Uint8Array(size)), client.seal(bytesOf("b"))]);
    assert.throws(() => server.open(joined), failsWith("not_authentic"));
  }
});

test("a frame with any byte altered is refused", () => {
  const anyByte = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    (payload, at, mask) => {
      const { client, server } = pair();
      const forged = altered(client.seal(payload), at, mask);
      assert.throws(() => server.open(forged), failsWith("not_authentic"));
    },
  );
  fc.assert(anyByte, { numRuns: 300 });
});

test("a frame cut short at any place, or with bytes added, is refused", () => {
  const anyCut = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(),
    fc.uint8Array({ minLength: 1, maxLength: 20 }),
    (payload, at, extra) => {
      const { client, server } = pair();
      const sealed = client.seal(payload);
      const cut = sealed.subarray(0, at % sealed.length);
      assert.throws(() => server.open(cut), HandshakeError);
      const other = pair();
      const longer = Buffer.concat([other.client.seal(payload), extra]);
      assert.throws(() => other.server.open(longer), failsWith("not_authentic"));
    },
  );
  fc.assert(anyCut, { numRuns: 300 });
});

test("a frame replayed, left out or moved is refused, and those before it were good", () => {
  const anyPlace = fc.property(messages, fc.nat(), (payloads, place) => {
    const at = place % (payloads.length - 1);
    const before = Array.from({ length: at }, (_, index) => index);
    // Which frame comes when; the last one is out of place.
    const orders = [
      [...before, at, at],
      [...before, at + 1],
      [...before, payloads.length - 1],
      [...before, at, 0],
    ];
    for (const order of orders) {
      const { client, server } = pair();
      const frames = payloads.map((payload) => client.seal(payload));
      const arriving = order.map((index) => frames[index] ?? assert.fail("no such frame"));
      const wrong = arriving.pop() ?? assert.fail("no frame");
      for (const [index, frame] of arriving.entries()) {
        assert.deepEqual(server.open(frame), payloads[index]);
      }
      assert.throws(() => server.open(wrong), failsWith("not_authentic"));
    }
  });
  fc.assert(anyPlace, { numRuns: 200 });
});

test("a frame sent back to the one that sealed it is refused", () => {
  const { client, server } = pair();
  assert.throws(() => client.open(client.seal(bytesOf("hello"))), failsWith("not_authentic"));
  assert.throws(() => server.open(server.seal(bytesOf("hello"))), failsWith("not_authentic"));
});

test("a frame of another connection to the same server is refused", () => {
  const keyPair = nodePrimitives.generateKeyPair();
  const one = new SealedChannel(connect(keyPair).client);
  const other = new SealedChannel(connect(keyPair).server);
  assert.throws(() => other.open(one.seal(bytesOf("hello"))), failsWith("not_authentic"));
});

test("plaintext slipped into a sealed connection is refused", () => {
  const { client, server } = pair();
  const notice = '{"type":"server_notice","message":"Sign in again","severity":"info"}';
  assert.throws(() => client.open(bytesOf(notice)), failsWith("not_authentic"));
  assert.throws(() => server.open(bytesOf("{}")), failsWith("truncated"));
});

test("after the first failure a channel neither opens nor seals, and says why again", () => {
  const { client, server } = pair();
  const good = client.seal(bytesOf("good"));
  assert.throws(() => server.open(altered(good, 3, 1)), failsWith("not_authentic"));
  assert.throws(() => server.open(good), failsWith("not_authentic"));
  assert.throws(() => server.seal(bytesOf("reply")), failsWith("not_authentic"));
});

test("a failure nobody foresaw ends the channel too", () => {
  const sick = {
    aead: () => ({
      ...nodePrimitives.aead(new Uint8Array(32)),
      seal: () => assert.fail("no memory"),
    }),
  };
  const sending = new CipherState(sick, new Uint8Array(32));
  const channel = new SealedChannel({ sending, receiving: connect().client.receiving });
  assert.throws(() => channel.seal(bytesOf("a")), /no memory/);
  assert.throws(() => channel.open(bytesOf("a")), /no memory/);
});

test("frames are sealed with the counter nonces and the next keys of the Noise specification", () => {
  const { client, up } = bounded({ rekeyEvery: 3, maxMessages: 100 });
  const payload = bytesOf("the same each time");
  let key = up;
  for (let count = 0n; count < 10n; count += 1n) {
    if (count > 0n && count % 3n === 0n) {
      key = specSeal(key, 2n ** 64n - 1n, new Uint8Array(32)).subarray(0, 32);
    }
    assert.deepEqual(client.seal(payload), specSeal(key, count, payload), `message ${count}`);
  }
});

test("the counter of a nonce goes on past 32 bits", () => {
  for (const count of [0, 1, 255, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, 2 ** 48 - 1]) {
    const expected = Buffer.alloc(12);
    expected.writeBigUInt64BE(BigInt(count), 4);
    assert.ok(expected.equals(counterNonce(count)), String(count));
  }
});

test("the two sides change keys together", () => {
  const { client, server } = bounded({ rekeyEvery: 2, maxMessages: 1000 });
  const sizes = [1, 200_000, 5, 0, 70_000, 3, 3, 3];
  for (const size of sizes) {
    const payload = nodePrimitives.randomBytes(size);
    assert.ok(Buffer.from(server.open(client.seal(payload))).equals(payload));
  }
  assert.deepEqual(client.open(server.seal(bytesOf("down"))), bytesOf("down"));
});

test("a channel that has sealed all it may is over for good, in both directions", () => {
  const { client } = bounded({ rekeyEvery: 2, maxMessages: 5 });
  for (let count = 0; count < 5; count += 1) client.seal(bytesOf("x"));
  assert.throws(() => client.seal(bytesOf("x")), failsWith("exhausted"));
  assert.throws(() => client.open(new Uint8Array(16)), failsWith("exhausted"));
});

test("a side that has received all it may refuses the next frame", () => {
  const { client, server } = bounded({ rekeyEvery: 2, maxMessages: 4 });
  for (let count = 0; count < 4; count += 1) server.open(client.seal(bytesOf("x")));
  assert.throws(() => server.open(new Uint8Array(17)), failsWith("exhausted"));
});
