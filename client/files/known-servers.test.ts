import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AccountFileError } from "./account-file-error.ts";
import { openKnownServers } from "./known-servers.ts";

const noon = Date.UTC(2026, 10, 21, 12);
const firstSeen = "2026-11-21T12:00:00.000Z";
const certificate = `SHA256:${"A".repeat(43)}`;
const noiseKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const chat = "chat.example:8080";

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "lair-known-"));
  const file = join(path, "known-servers.json");
  return {
    path,
    file,
    open: () => openKnownServers({ folder: path, now: () => noon }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

test("what is known of a server is there again, for nobody else to read", async () => {
  await using place = await folder();
  const servers = place.open();
  assert.equal(await servers.get(chat), undefined);
  await servers.add(chat, { certificate });
  await servers.add(chat, { noiseKey });
  await servers.add("[::1]:8080", { noiseKey });
  const again = place.open();
  assert.deepEqual(await again.get(chat), { certificate, noiseKey, firstSeen });
  assert.deepEqual(await again.get("[::1]:8080"), { noiseKey, firstSeen });
  assert.equal((await stat(place.file)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(place.path), ["known-servers.json"]);
});

test("what is known stays, whoever adds something else", async () => {
  await using place = await folder();
  const servers = place.open();
  await servers.add(chat, { certificate });
  const other = `SHA256:${"B".repeat(43)}`;
  assert.deepEqual(await servers.add(chat, { certificate: other }), { certificate, firstSeen });
});

test("a server is forgotten, and the others are not", async () => {
  await using place = await folder();
  const servers = place.open();
  await servers.add(chat, { certificate });
  await servers.add("b:1", { noiseKey });
  assert.equal(await servers.forget(chat), true);
  assert.equal(await servers.forget(chat), false);
  assert.equal(await servers.get(chat), undefined);
  assert.deepEqual(await servers.get("b:1"), { noiseKey, firstSeen });
});

test("windows that write at the same time lose nothing of each other", async () => {
  await using place = await folder();
  const names = Array.from({ length: 20 }, (_, at) => `server-${at}:8080`);
  await Promise.all(names.map((name) => place.open().add(name, { certificate })));
  for (const name of names) assert.ok(await place.open().get(name), name);
});

const useless: [string, string][] = [
  ["nothing", ""],
  ["no JSON", "{"],
  ["a list", "[]"],
  ["another format", JSON.stringify({ format: 2, servers: {} })],
  ["no servers", JSON.stringify({ format: 1 })],
  ["a server of nothing", JSON.stringify({ format: 1, servers: { a: null } })],
  [
    "a short key",
    JSON.stringify({ format: 1, servers: { a: { noise_key: "AAAA", first_seen: "x" } } }),
  ],
  [
    "a wrong fingerprint",
    JSON.stringify({ format: 1, servers: { a: { certificate: "x", first_seen: "x" } } }),
  ],
  ["more than anybody knows", " ".repeat(1024 * 1024 + 1)],
];

for (const [what, text] of useless) {
  test(`a file with ${what} in it is an error, and stays as it is`, async () => {
    await using place = await folder();
    await writeFile(place.file, text);
    const servers = place.open();
    for (const use of [
      () => servers.get(chat),
      () => servers.add(chat, { certificate }),
      () => servers.forget(chat),
    ]) {
      await assert.rejects(use(), (error) => {
        assert.ok(error instanceof AccountFileError);
        assert.ok(error.message.includes(place.file));
        return true;
      });
    }
    assert.equal(await readFile(place.file, "utf8"), text);
  });
}

test("names that mean something to JavaScript are names like others", async () => {
  await using place = await folder();
  const servers = place.open();
  for (const name of ["__proto__", "constructor", "toString"]) {
    assert.equal(await servers.get(name), undefined);
    await servers.add(name, { noiseKey });
    assert.deepEqual(await place.open().get(name), { noiseKey, firstSeen });
  }
});
