import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { temporaryFolder } from "../test/storage-fixture.ts";
import { ConfigError } from "./config-error.ts";
import { loadNoiseKey } from "./noise-key.ts";

const load = (file: string, more: { noise?: boolean; tls?: "self-signed" } = {}) =>
  loadNoiseKey({
    noise: true,
    tls: undefined,
    ...more,
    database: { kind: "sqlite", file, create: true },
  });

const isMistake = (pattern: RegExp) => (error: Error) => {
  assert.ok(error instanceof ConfigError);
  assert.match(error.message, pattern);
  return true;
};

test("a key is made once, for nobody else to read, and is the same ever after", () => {
  using folder = temporaryFolder();
  const first = load(folder.file("lair-chat.db"));
  assert.equal(first?.publicKey.length, 32);
  assert.deepEqual(load(folder.file("lair-chat.db")), first);
  assert.deepEqual(readdirSync(folder.path), ["noise-key"]);
  assert.deepEqual(Uint8Array.from(readFileSync(folder.file("noise-key"))), first?.secretKey);
  if (process.platform !== "win32") {
    assert.equal(statSync(folder.file("noise-key")).mode & 0o777, 0o600);
  }
});

test("two servers have two keys", () => {
  using one = temporaryFolder();
  using two = temporaryFolder();
  assert.notDeepEqual(load(one.file("lair-chat.db")), load(two.file("lair-chat.db")));
});

test("where Noise is off, or the port has TLS, there is no key and none is made", () => {
  using folder = temporaryFolder();
  assert.equal(load(folder.file("lair-chat.db"), { noise: false }), undefined);
  assert.equal(load(folder.file("lair-chat.db"), { tls: "self-signed" }), undefined);
  assert.deepEqual(readdirSync(folder.path), []);
});

test("a file that is no key is refused by name, not shown, and left as it is", () => {
  using folder = temporaryFolder();
  const file = folder.file("noise-key");
  for (const content of ["", "k".repeat(31), "k".repeat(33), "k".repeat(64), "\0".repeat(32)]) {
    writeFileSync(file, content, { mode: 0o600 });
    assert.throws(
      () => load(folder.file("lair-chat.db")),
      isMistake(
        / LAIR_NOISE: expected a key of 32 bytes in .*noise-key, got (\d+ bytes|only zeros)/,
      ),
    );
    assert.equal(readFileSync(file, "utf8"), content);
  }
});

test("a key that others can read is refused", { skip: process.platform === "win32" }, () => {
  using folder = temporaryFolder();
  load(folder.file("lair-chat.db"));
  for (const mode of [0o640, 0o604, 0o644, 0o660]) {
    chmodSync(folder.file("noise-key"), mode);
    assert.throws(() => load(folder.file("lair-chat.db")), isMistake(/chmod 600/));
  }
});

test("a folder that is not there is a mistake in the configuration", () => {
  using folder = temporaryFolder();
  assert.throws(() => load(folder.file("gone/lair-chat.db")), ConfigError);
});
