import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { temporaryFolder } from "../test/storage-fixture.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { prepareTls } from "./tls-files.ts";

const now = new Date("2026-11-21T12:00:00Z");
const years = (count: number) => new Date(now.getTime() + count * 365 * 24 * 60 * 60 * 1000);

function prepare(file: string, given: Partial<Pick<Config, "tls" | "publicUrl">> = {}, at = now) {
  const database = { kind: "sqlite", file, create: true } as const;
  const bindAddress = "192.0.2.7";
  const config = { tls: "self-signed", publicUrl: undefined, database, bindAddress } as const;
  return prepareTls({ ...config, ...given }, at);
}

test("a certificate is made once, its files for nobody else to read, and is the same ever after", () => {
  using folder = temporaryFolder();
  const first = prepare(folder.file("lair-chat.db"));
  const again = prepare(folder.file("lair-chat.db"), {}, years(1));
  assert.match(first?.pair.fingerprint ?? "", /^SHA256:[A-Za-z0-9+/]{43}$/);
  assert.deepEqual(again?.pair.cert, first?.pair.cert);
  assert.deepEqual(readdirSync(folder.path).sort(), ["tls-cert.pem", "tls-key.pem"]);
  for (const name of process.platform === "win32" ? [] : readdirSync(folder.path)) {
    assert.equal(statSync(folder.file(name)).mode & 0o777, 0o600);
  }
});

test("it is for every name the server is called by", () => {
  using folder = temporaryFolder();
  const publicUrl = "https://chat.example.org";
  const made = prepare(folder.file("lair-chat.db"), { publicUrl });
  const certificate = new X509Certificate(made?.pair.cert ?? "");
  assert.equal(certificate.checkHost("chat.example.org"), "chat.example.org");
  assert.equal(certificate.checkHost("localhost"), "localhost");
  assert.equal(certificate.checkIP("192.0.2.7"), "192.0.2.7");
});

test("when its time is over it gets a successor with the same key", () => {
  using folder = temporaryFolder();
  const first = prepare(folder.file("lair-chat.db"));
  const next = prepare(folder.file("lair-chat.db"), {}, years(10));
  assert.notDeepEqual(next?.pair.cert, first?.pair.cert);
  assert.equal(next?.pair.fingerprint, first?.pair.fingerprint);
  assert.ok((next?.pair.validTo ?? 0) > years(19).getTime());
});

test("a configured certificate is used and none is made; without TLS there is none", () => {
  using elsewhere = temporaryFolder();
  using folder = temporaryFolder();
  const other = prepare(elsewhere.file("lair-chat.db"));
  const used = prepare(folder.file("lair-chat.db"), { tls: other?.files });
  assert.equal(used?.pair.fingerprint, other?.pair.fingerprint);
  assert.equal(prepare(folder.file("lair-chat.db"), { tls: undefined }), undefined);
  assert.deepEqual(readdirSync(folder.path), []);
});

test("a certificate with the key of another is a mistake, and no part of a key is shown", () => {
  using one = temporaryFolder();
  using two = temporaryFolder();
  const certPath = prepare(one.file("lair-chat.db"))?.files.certPath ?? "";
  const keyPath = prepare(two.file("lair-chat.db"))?.files.keyPath ?? "";
  const key = readFileSync(keyPath, "utf8").split("\n")[1] ?? "";
  const refused = (error: Error) =>
    error instanceof ConfigError &&
    /tls-key.pem is not the key of .*tls-cert.pem/.test(error.message) &&
    !error.message.includes(key);
  assert.throws(() => prepare(one.file("lair-chat.db"), { tls: { certPath, keyPath } }), refused);
});

test("kept files that are damaged or open to others are refused and left as they are", () => {
  using folder = temporaryFolder();
  const database = folder.file("lair-chat.db");
  prepare(database);
  if (process.platform !== "win32") {
    chmodSync(folder.file("tls-key.pem"), 0o644);
    assert.throws(() => prepare(database), /LAIR_TLS_KEY_PATH: .*chmod 600/);
    chmodSync(folder.file("tls-key.pem"), 0o600);
  }
  for (const name of ["tls-cert.pem", "tls-key.pem"]) {
    const good = readFileSync(folder.file(name));
    writeFileSync(folder.file(name), good.subarray(0, 100));
    assert.throws(() => prepare(database), ConfigError);
    assert.deepEqual(readFileSync(folder.file(name)), good.subarray(0, 100));
    writeFileSync(folder.file(name), good);
  }
});
