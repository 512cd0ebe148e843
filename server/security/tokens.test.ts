import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import { hashOpaqueToken, newOpaqueToken, sameHash } from "./opaque-token.ts";
import { createAccessTokens } from "./tokens.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;
const start = Date.UTC(2026, 0, 1);
const secret = new Uint8Array(32).fill(1);
const claims = {
  userId: "user" as UserId,
  sessionId: "session" as SessionId,
  expiresAt: start + 600_000,
};

function at(ms: number, key = secret) {
  return createAccessTokens({ secret: key, clock: { now: () => ms } });
}

interface Parts {
  readonly header?: object;
  readonly payload?: object;
  readonly hash?: string;
  readonly key?: Uint8Array;
}

/** A token made by hand, right unless told otherwise. */
function token({ header, payload, hash = "sha256", key = secret }: Parts = {}): string {
  const seconds = start / 1000;
  const usual = { sub: "user", sid: "session", jti: "1", iss: "lair-chat", aud: "lair-chat" };
  const times = { iat: seconds, exp: seconds + 600 };
  const signed = [
    { alg: "HS256", typ: "at+jwt", ...header },
    { ...usual, ...times, ...payload },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${createHmac(hash, key).update(signed).digest("base64url")}`;
}

test("when the key is changed, what the one before signed is still taken, and nothing else", async () => {
  const next = new Uint8Array(32).fill(2);
  const clock = { now: () => start };
  const rotated = createAccessTokens({ secret: next, previous: secret, clock });
  assert.deepEqual(await rotated.verify(await at(start).sign(claims)), claims);
  assert.deepEqual(await rotated.verify(await rotated.sign(claims)), claims);
  assert.deepEqual(await at(start, next).verify(await rotated.sign(claims)), claims);
  const other = await at(start, new Uint8Array(32).fill(3)).sign(claims);
  await assert.rejects(rotated.verify(other), says("invalid_token"));
  await assert.rejects(at(start, next).verify(await at(start).sign(claims)), says("invalid_token"));
});

test("a token says whom it is for until it expires", async () => {
  const signed = await at(start).sign(claims);
  assert.deepEqual(await at(start).verify(signed), claims);
  assert.deepEqual(await at(start + 659_000).verify(signed), claims);
  await assert.rejects(at(start + 660_000).verify(signed), says("token_expired"));
});

test("no two tokens are the same", async () => {
  assert.notEqual(await at(start).sign(claims), await at(start).sign(claims));
});

test("a token made by hand is taken, so that those below fail for their own reason", async () => {
  assert.deepEqual(await at(start).verify(token()), claims);
});

const forged: Readonly<Record<string, Parts>> = {
  "another key": { key: new Uint8Array(32).fill(2) },
  "no algorithm": { header: { alg: "none" } },
  "another algorithm": { header: { alg: "HS512" }, hash: "sha512" },
  "another type": { header: { typ: "JWT" } },
  "another issuer": { payload: { iss: "somebody" } },
  "another audience": { payload: { aud: "somebody" } },
  "no session": { payload: { sid: undefined } },
  "a session that is no text": { payload: { sid: 7 } },
  "no end": { payload: { exp: undefined } },
  "no id of its own": { payload: { jti: undefined } },
  "a critical extension": { header: { crit: ["x"], x: 1 } },
};

for (const [what, parts] of Object.entries(forged)) {
  test(`a token with ${what} is refused`, async () => {
    await assert.rejects(at(start).verify(token(parts)), says("invalid_token"));
  });
}

test("a token of which any character was changed is refused", async () => {
  const signed = await at(start).sign(claims);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(signed.length - 2),
      fc.constantFrom("A", "z", "0", "."),
      async (index, put) => {
        // The last character of a base64 text has bits that mean nothing.
        const changed = signed.slice(0, index) + put + signed.slice(index + 1);
        if (changed === signed) return;
        await assert.rejects(at(start).verify(changed), says("invalid_token"));
      },
    ),
  );
});

test("any text that is no token is refused, and nothing worse", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      await assert.rejects(at(start).verify(text), says("invalid_token"));
    }),
  );
});

test("a short key signs nothing", () => {
  assert.throws(() => at(start, new Uint8Array(31)), RangeError);
});

test("opaque tokens have 256 bits, are never the same and are known by their hash", () => {
  const [one, two] = [newOpaqueToken(), newOpaqueToken()];
  assert.equal(Buffer.from(one, "base64url").length, 32);
  assert.notEqual(one, two);
  assert.match(hashOpaqueToken(one), /^[0-9a-f]{64}$/);
  assert.equal(sameHash(hashOpaqueToken(one), hashOpaqueToken(one)), true);
  assert.equal(sameHash(hashOpaqueToken(one), hashOpaqueToken(two)), false);
  assert.equal(sameHash(hashOpaqueToken(one), ""), false);
});
