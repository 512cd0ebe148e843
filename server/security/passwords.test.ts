import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError } from "@lair-chat/protocol/errors.ts";
import fc from "fast-check";
import { commonPasswords } from "./common-passwords.ts";
import { createHashQueue } from "./hash-queue.ts";
import { createPasswordHasher, hashCosts } from "./password-hash.ts";
import { checkPassword, passwordProblem } from "./password-rules.ts";

const cheap = { memoryKiB: 8, passes: 1, lanes: 1 };
const none: ReadonlySet<string> = new Set();

test("a password is recognised however its accents are typed, and no other one is", async () => {
  await using queue = createHashQueue();
  const hasher = createPasswordHasher(queue, cheap);
  const stored = await hasher.hash("cr\u00e8me br\u00fbl\u00e9e");
  assert.equal(await hasher.verify(stored, "cre\u0300me bru\u0302le\u0301e"), true);
  assert.equal(await hasher.verify(stored, "creme brulee"), false);
  assert.equal(await hasher.verify(stored, ""), false);
});

test("the same password is stored differently each time", async () => {
  await using queue = createHashQueue();
  const hasher = createPasswordHasher(queue, cheap);
  assert.notEqual(await hasher.hash("correct horse"), await hasher.hash("correct horse"));
});

test("hashes are Argon2id at the cost that was asked for", async () => {
  await using queue = createHashQueue();
  const stored = await createPasswordHasher(queue, hashCosts.default).hash("correct horse");
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test("a hash is made anew when it is cheaper than those made now, and not when it is dearer", async () => {
  await using queue = createHashQueue();
  const stored = await createPasswordHasher(queue, { ...cheap, memoryKiB: 64, passes: 2 }).hash(
    "x",
  );
  const needs = (cost: typeof cheap) => createPasswordHasher(queue, cost).needsRehash(stored);
  assert.equal(needs({ ...cheap, memoryKiB: 64, passes: 2 }), false);
  assert.equal(needs({ ...cheap, memoryKiB: 128, passes: 2 }), true);
  assert.equal(needs({ ...cheap, memoryKiB: 64, passes: 3 }), true);
  assert.equal(needs(cheap), false);
});

test("checking a password against nothing does the work and says nothing", async () => {
  await using queue = createHashQueue();
  const hasher = createPasswordHasher(queue, cheap);
  assert.equal(await hasher.verifyNothing("anything"), undefined);
});

test("a new password has 8 to 256 bytes", () => {
  const problem = (password: string) => passwordProblem(password, "ann", none);
  assert.equal(problem("a".repeat(7)), "too_short");
  assert.equal(problem("a".repeat(8)), undefined);
  assert.equal(problem("\u00e9".repeat(4)), undefined);
  assert.equal(problem("\u00e9".repeat(3)), "too_short");
  assert.equal(problem("a".repeat(256)), undefined);
  assert.equal(problem("a".repeat(257)), "too_long");
  assert.equal(problem("\u00e9".repeat(129)), "too_long");
});

test("a name is no password for itself, in any case", () => {
  assert.equal(passwordProblem("ANNABELLA", "AnnaBella", none), "is_name");
  assert.equal(passwordProblem("annabella2", "annabella", none), undefined);
});

test("common passwords are refused in any case, with the reason", async () => {
  const common = await commonPasswords();
  for (const password of ["password1", "PassWord123", "qwertyuiop", "iloveyou"]) {
    assert.throws(
      () => checkPassword(password, "ann", common),
      (error: ChatError) => error.code === "password_too_weak" && /common/.test(error.message),
    );
  }
});

test("the list of common passwords is long, folded and holds nothing that is too short anyway", async () => {
  const common = await commonPasswords();
  assert.ok(common.size >= 10_000);
  for (const password of common) {
    assert.equal(password, password.toLowerCase());
    assert.ok(Buffer.byteLength(password) >= 8);
  }
});

test("random passwords of twelve bytes and more are taken", async () => {
  const common = await commonPasswords();
  const password = fc.string({ minLength: 24, maxLength: 60, unit: "grapheme-ascii" });
  fc.assert(
    fc.property(password, (text) => assert.equal(passwordProblem(text, "ann", common), undefined)),
  );
});
