import assert from "node:assert/strict";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { temporaryFolder } from "../test/storage-fixture.ts";
import { prepareDataFile } from "./data-file.ts";
import { openConnection } from "./sqlite-connection.ts";

function newFile(folder: ReturnType<typeof temporaryFolder>): string {
  const file = folder.file("lair-chat.db");
  prepareDataFile(file, true);
  openConnection({ file, access: "write" }).close();
  return file;
}

const settings: Readonly<Record<string, string | number>> = {
  journal_mode: "wal",
  synchronous: 2,
  foreign_keys: 1,
  busy_timeout: 5000,
  trusted_schema: 0,
  secure_delete: 1,
  mmap_size: 0,
  temp_store: 2,
};

for (const access of ["read", "write"] as const) {
  test(`a connection to ${access} has every setting that durability and privacy rest on`, () => {
    using folder = temporaryFolder();
    const client = openConnection({ file: newFile(folder), access });
    const found = Object.keys(settings).map((name) => [
      name,
      client.pragma(name, { simple: true }),
    ]);
    client.close();
    assert.deepEqual(Object.fromEntries(found), settings);
  });
}

test("the driver left to itself would not sync every commit, which is why it is told to", () => {
  using folder = temporaryFolder();
  const client = new Sqlite(newFile(folder));
  client.prepare("select * from sqlite_schema").all();
  assert.equal(client.pragma("synchronous", { simple: true }), 1);
  client.close();
});

test("a connection to read cannot write", () => {
  using folder = temporaryFolder();
  const client = openConnection({ file: newFile(folder), access: "read" });
  assert.throws(() => client.exec("create table t (a)"), { code: "SQLITE_READONLY" });
  client.close();
});

test("a setting that does not take keeps the connection from opening", () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  prepareDataFile(file, true);
  // A reader cannot turn a file into one with a write-ahead log.
  assert.throws(() => openConnection({ file, access: "read" }), /journal_mode|readonly/);
});

test("a file is never made by opening it", () => {
  using folder = temporaryFolder();
  const file = folder.file("missing.db");
  assert.throws(() => openConnection({ file, access: "write" }), { code: "SQLITE_CANTOPEN" });
});

test("the same query is prepared once", () => {
  using folder = temporaryFolder();
  const client = openConnection({ file: newFile(folder), access: "read" });
  assert.equal(client.prepare("select 1"), client.prepare("select 1"));
  for (let n = 0; n < 2000; n += 1) client.prepare(`select ${n}`).all();
  assert.deepEqual(client.prepare("select 1").all(), [{ 1: 1 }]);
  client.close();
});
