import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import Sqlite from "better-sqlite3";
import { openTestStorage, temporaryFolder } from "../test/storage-fixture.ts";
import { setState } from "../test/storage-operations.ts";
import { type MigrateOptions, migrateSqlite } from "./migrate.ts";
import { StorageError } from "./storage-error.ts";

type Files = Readonly<Record<string, string>>;

const first: Files = { "0000_notes": "create table notes (id integer primary key, body text);" };
const second: Files = {
  ...first,
  "0001_tags":
    "create table tags (note integer references notes(id));--> statement-breakpoint\nalter table notes add column tag text;",
};

/** A folder of migrations as the generator writes it. */
function migrationFolder(parent: string, files: Files): URL {
  const folder = path.join(parent, "migrations");
  mkdirSync(path.join(folder, "meta"), { recursive: true });
  for (const [tag, text] of Object.entries(files))
    writeFileSync(path.join(folder, `${tag}.sql`), text);
  const entries = Object.keys(files).map((tag, idx) => ({ idx, tag, breakpoints: true }));
  writeFileSync(path.join(folder, "meta/_journal.json"), JSON.stringify({ version: "7", entries }));
  return pathToFileURL(`${folder}/`);
}

function migration(parent: { readonly path: string }) {
  const file = path.join(parent.path, "lair-chat.db");
  return {
    file,
    run: (files: Files, rest: Partial<MigrateOptions> = {}) =>
      migrateSqlite({
        file,
        create: true,
        now: 1000,
        folder: migrationFolder(parent.path, files),
        ...rest,
      }),
  };
}

function query(file: string, sql: string): unknown[] {
  const client = new Sqlite(file, { readonly: true });
  try {
    return client.prepare(sql).all();
  } finally {
    client.close();
  }
}

const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
const refusal = (says: RegExp) => (error: unknown) =>
  error instanceof StorageError && says.test(error.message);

test("a fresh database gets every migration, once, and needs no backup", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  assert.deepEqual(run(second), { applied: ["0000_notes", "0001_tags"], backup: undefined });
  assert.deepEqual(run(second), { applied: [], backup: undefined });
  assert.deepEqual(query(file, "select tag, applied_at from schema_migrations"), [
    { tag: "0000_notes", applied_at: 1000 },
    { tag: "0001_tags", applied_at: 1000 },
  ]);
});

test("an older database is copied before it is brought up to date", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  run(first);
  const client = new Sqlite(file);
  client.prepare("insert into notes (body) values ('kept')").run();
  client.close();
  const { applied, backup } = run(second);
  assert.deepEqual(applied, ["0001_tags"]);
  assert.equal(backup, `${file}.before-0001_tags`);
  assert.deepEqual(query(file, "select body, tag from notes"), [{ body: "kept", tag: null }]);
  assert.deepEqual(query(backup, "select * from notes"), [{ id: 1, body: "kept" }]);
  assert.deepEqual(query(backup, "select tag from schema_migrations"), [{ tag: "0000_notes" }]);
  assert.equal(existsSync(`${backup}.part`), false);
  if (process.platform !== "win32") assert.equal(statSync(backup).mode & 0o777, 0o600);
});

test("a migration that fails changes nothing, not even by those before it", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  run(first);
  const broken = { ...second, "0002_broken": "insert into nowhere values (1);" };
  assert.throws(() => run(broken), /no such table: nowhere/);
  assert.deepEqual(query(file, "select tag from schema_migrations"), [{ tag: "0000_notes" }]);
  assert.deepEqual(query(file, "select name from sqlite_schema where name = 'tags'"), []);
  assert.deepEqual(run(second).applied, ["0001_tags"]);
});

test("a migration after which a row refers to nothing is refused", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  run(second);
  const dangling = { ...second, "0002_dangling": "insert into tags (note) values (99);" };
  assert.throws(() => run(dangling), refusal(/tags would refer to missing rows/));
  assert.deepEqual(query(file, "select * from tags"), []);
});

test("a migration that was changed after it was applied is refused", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  run(second);
  const before = hashOf(file);
  const changed = { ...second, "0000_notes": `${first["0000_notes"]} -- better` };
  assert.throws(() => run(changed), refusal(/"0000_notes" was changed after/));
  assert.equal(hashOf(file), before);
});

test("other line ends are no change", () => {
  using folder = temporaryFolder();
  const { run } = migration(folder);
  run(second);
  const crlf = Object.entries(second).map(([tag, text]) => [tag, text.replaceAll("\n", "\r\n")]);
  assert.deepEqual(run(Object.fromEntries(crlf)).applied, []);
});

test("a database of a newer release is refused and left as it is", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  run(second);
  const before = hashOf(file);
  assert.throws(() => run(first), refusal(/newer release.*"0001_tags"/));
  assert.equal(hashOf(file), before);
});

test("the database of another program is refused and left as it is", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  const client = new Sqlite(file);
  client.exec("create table users (id text); insert into users values ('theirs')");
  client.close();
  if (process.platform !== "win32") assert.throws(() => run(first), refusal(/chmod 600/));
  chmodSync(file, 0o600);
  const before = hashOf(file);
  assert.throws(() => run(first), refusal(/database of something else/));
  assert.equal(hashOf(file), before);
});

test("a damaged database is refused and left as it is", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  run(first);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 100, 4096);
  writeFileSync(file, bytes);
  assert.throws(() => run(second), refusal(/is damaged.*left as it is/));
  assert.deepEqual(readFileSync(file), bytes);
});

test("a missing database is not made where only an existing one is wanted", () => {
  using folder = temporaryFolder();
  const { file, run } = migration(folder);
  assert.throws(() => run(first, { create: false }), refusal(/does not exist/));
  assert.equal(existsSync(file), false);
});

test("an installation without its migrations says so", () => {
  using folder = temporaryFolder();
  const nowhere = pathToFileURL(`${folder.file("nowhere")}/`);
  const { run } = migration(folder);
  assert.throws(() => run(first, { folder: nowhere }), refusal(/installation is incomplete/));
});

test("this release's own migrations make the tables that its code works with", async () => {
  await using storage = await openTestStorage();
  await storage.db.write(setState, { key: "k", value: "x" });
  for (const table of Object.values(storage.db.tables)) {
    await storage.db.read.select().from(table);
  }
});

for (const isTorn of [false, true]) {
  const how = isTorn ? "half written" : "written";
  test(`a database whose machine stopped while it was being made is brought in order: ${how}`, () => {
    using folder = temporaryFolder();
    const at = path.join(folder.path, "stopped.db");
    const making = new Sqlite(at);
    making.pragma("journal_mode = delete");
    // So that pages reach the file, and their old content the journal, before the commit.
    making.pragma("cache_size = 1");
    making.exec("create table early (body blob); begin; drop table early");
    making.exec("create table notes (body blob)");
    const add = making.prepare("insert into notes values (randomblob(4000))");
    for (let rows = 0; rows < 200; rows += 1) add.run();
    const { file, run } = migration(folder);
    for (const end of ["", "-journal"]) copyFileSync(`${at}${end}`, `${file}${end}`);
    making.exec("rollback; drop table early");
    making.close();
    chmodSync(file, 0o600);
    if (isTorn) writeFileSync(file, Buffer.alloc(512), { flag: "r+" });
    assert.ok(statSync(`${file}-journal`).size > 0);
    // What it was before is no database of ours, and that is what has to be said of it.
    assert.throws(() => run(first), refusal(/database of something else/));
    assert.deepEqual(query(file, "select name from sqlite_schema"), [{ name: "early" }]);
  });
}
