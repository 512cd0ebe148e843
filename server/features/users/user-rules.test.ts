import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import { checkUsername, isReserved, skeleton, toWireUser, usernameKey } from "./user-rules.ts";

const username = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$/);

test("names that look like a reserved one are reserved", () => {
  for (const name of [
    "admin",
    "ADMIN",
    "Adm1n",
    "a-d-m-i-n",
    "r00t",
    "5upport",
    "rnod",
    "A11",
    "1air",
  ]) {
    assert.equal(isReserved(name), true, name);
    assert.throws(
      () => checkUsername(name),
      (error: ChatError) => error.code === "username_invalid" && error.message.includes("reserved"),
    );
  }
});

test("ordinary names are not reserved", () => {
  for (const name of [
    "ann",
    "bob",
    "alice",
    "mallory",
    "adam",
    "grooty",
    "sysop2",
    "theresa",
    "allan",
  ]) {
    assert.equal(isReserved(name), false, name);
  }
});

test("folding a name twice is folding it once, and case does not matter", () => {
  fc.assert(
    fc.property(username, (name) => {
      assert.equal(usernameKey(usernameKey(name)), usernameKey(name));
      assert.equal(usernameKey(name.toUpperCase()), usernameKey(name));
      assert.equal(isReserved(name.toUpperCase()), isReserved(name));
    }),
  );
});

test("look-alike characters and separators make no difference to a skeleton", () => {
  fc.assert(
    fc.property(username, (name) => {
      const disguised = name.replaceAll("o", "0").replaceAll("l", "1").replaceAll("e", "3");
      assert.equal(skeleton(disguised), skeleton(name));
      assert.equal(skeleton([...name].join("_")), skeleton(skeleton(name)));
    }),
  );
});

const stored = {
  id: "0190-a" as UserId,
  username: "Ann",
  email: "ann@example.org",
  role: "user",
  createdAt: 0,
  updatedAt: 1000,
  lastSeenAt: 2000,
} as const;
const other = "0190-b" as UserId;

test("a user sees all of their own", () => {
  assert.deepEqual(toWireUser(stored, { userId: stored.id, role: "user" }), {
    id: stored.id,
    username: "Ann",
    email: "ann@example.org",
    role: "user",
    created_at: "1970-01-01T00:00:00.000Z",
    updated_at: "1970-01-01T00:00:01.000Z",
    last_seen_at: "1970-01-01T00:00:02.000Z",
  });
});

test("others see neither the e-mail address nor when somebody was there", () => {
  for (const role of ["user", "moderator"] as const) {
    const seen = toWireUser(stored, { userId: other, role });
    assert.equal(seen.email, "");
    assert.equal(seen.last_seen_at, null);
  }
});

test("an admin sees the e-mail address, and not when somebody was there", () => {
  const seen = toWireUser(stored, { userId: other, role: "admin" });
  assert.equal(seen.email, "ann@example.org");
  assert.equal(seen.last_seen_at, null);
});
