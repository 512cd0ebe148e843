import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { temporaryFolder } from "../test/storage-fixture.ts";
import { ConfigError } from "./config-error.ts";
import { loadJwtSecret } from "./jwt-secret.ts";

function load(file: string, jwtSecret?: string) {
  const database = { kind: "sqlite", file, create: true } as const;
  return new TextDecoder().decode(loadJwtSecret({ jwtSecret, database }));
}

test("a secret is made once, for nobody else to read, and is the same ever after", () => {
  using folder = temporaryFolder();
  const first = load(folder.file("lair-chat.db"));
  assert.ok(first.length >= 32);
  assert.equal(load(folder.file("lair-chat.db")), first);
  assert.deepEqual(readdirSync(folder.path), ["jwt-secret"]);
  if (process.platform !== "win32") {
    assert.equal(statSync(folder.file("jwt-secret")).mode & 0o777, 0o600);
  }
});

test("two servers have two secrets", () => {
  using one = temporaryFolder();
  using two = temporaryFolder();
  assert.notEqual(load(one.file("lair-chat.db")), load(two.file("lair-chat.db")));
});

test("a configured secret is used and nothing is kept", () => {
  using folder = temporaryFolder();
  assert.equal(load(folder.file("lair-chat.db"), "configured"), "configured");
  assert.deepEqual(readdirSync(folder.path), []);
});

test("a kept secret that is too short is refused and left as it is", () => {
  using folder = temporaryFolder();
  writeFileSync(folder.file("jwt-secret"), "short\n", { mode: 0o600 });
  assert.throws(
    () => load(folder.file("lair-chat.db")),
    (error: Error) => error instanceof ConfigError && !error.message.includes("short\n"),
  );
  assert.equal(readFileSync(folder.file("jwt-secret"), "utf8"), "short\n");
});

test("a kept secret that others can read is refused", {
  skip: process.platform === "win32",
}, () => {
  using folder = temporaryFolder();
  load(folder.file("lair-chat.db"));
  chmodSync(folder.file("jwt-secret"), 0o640);
  assert.throws(() => load(folder.file("lair-chat.db")), /chmod 600/);
});

test("a folder that is not there is a mistake in the configuration", () => {
  using folder = temporaryFolder();
  assert.throws(() => load(folder.file("gone/lair-chat.db")), ConfigError);
});
