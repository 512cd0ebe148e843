import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { test } from "node:test";
import type { DeviceId, SessionId } from "@lair-chat/protocol/ids.ts";
import Sqlite from "better-sqlite3";
import { startSessionOperation } from "../features/auth/session-store.ts";
import { encodeContent } from "../features/conversations/log-rules.ts";
import { readLog } from "../features/conversations/log-store.ts";
import {
  deleteMessageOperation,
  editMessageOperation,
} from "../features/messages/message-change-store.ts";
import { appendMessageOperation } from "../features/messages/message-store.ts";
import {
  makeRoom,
  makeUsers,
  newId,
  openTestStorage,
  temporaryFolder,
  toRoom,
} from "../test/storage-fixture.ts";
import { appendAndRefuse, setState } from "../test/storage-operations.ts";
import { backupSqlite } from "./backup-sqlite.ts";
import { conversationOfRoom } from "./log-entry.ts";
import { randomLogId } from "./log-id.ts";
import { restoreSqlite } from "./restore-sqlite.ts";
import { verifySqlite } from "./verify-sqlite.ts";

const posix = process.platform !== "win32";

/** A database with a room in which things were said, edited and erased, closed again. */
async function databaseIn(file: string, messages = 5): Promise<{ readonly logId: string }> {
  await using storage = await openTestStorage({ file });
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const sends = Array.from({ length: messages }, (_, index) =>
    db.write(appendMessageOperation, toRoom(room, ann, `message ${index}`)),
  );
  const [first, second] = await Promise.all(sends);
  for (const { entry } of [first, second].filter((sent) => sent !== undefined)) {
    assert.ok(entry.messageId !== null);
    const change = { messageId: entry.messageId, by: ann };
    await db.write(editMessageOperation, { ...change, payload: encodeContent("edited") });
    if (entry === first?.entry) await db.write(deleteMessageOperation, change);
  }
  return { logId: db.logId };
}

/** Does something to a database behind everybody's back. */
function tamper(file: string, sql: string): void {
  const client = new Sqlite(file);
  client.exec(sql);
  client.close();
}

test("a database in which there was a lot of everything is in order", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await databaseIn(file);
  const report = verifySqlite(file);
  assert.deepEqual(report.problems, []);
  assert.deepEqual([report.users, report.conversations, report.entries], [1, 1, 9]);
});

const damages: Readonly<Record<string, readonly [sql: string, says: RegExp]>> = {
  "content that was changed": [
    "update log_entries set payload = 'other' where seq = 4",
    /entry 4 .* checksum/,
  ],
  "an entry that is gone": ["delete from log_entries where seq = 5", /entry 6 .* behind entry 4/],
  "a lost end of a log": ["delete from log_entries where seq = 9", /ends with entry 8, not 9/],
  "a head with another chain": [
    "update conversations set chain = zeroblob(32)",
    /another chain than its last entry/,
  ],
  "a row that refers to nothing": [
    "pragma foreign_keys = off; update members set user_id = 'x'",
    /row of members refers to a row of users/,
  ],
  "a wrong count of members": ["update rooms set member_count = 7", /1 rooms count other members/],
  "a change that is missing": [
    "update log_entries set message_id = 'x' where kind = 'delete'",
    /entry \d+ .* checksum/,
  ],
};

for (const [name, [sql, says]] of Object.entries(damages)) {
  test(`${name} is found, and keeps a database from being backed up and restored`, async () => {
    using folder = temporaryFolder();
    const file = folder.file("lair-chat.db");
    const target = folder.file("copy.db");
    await databaseIn(file);
    tamper(file, sql);
    assert.match(verifySqlite(file).problems.join("\n"), says);
    await assert.rejects(backupSqlite({ file, target, force: false }), /is damaged/);
    assert.equal(existsSync(target), false);
    const other = folder.file("other.db");
    const options = { backup: file, file: other, newLogId: randomLogId(), now: Date.now() };
    assert.throws(() => restoreSqlite(options), /not in order.*Nothing was changed/);
    assert.equal(existsSync(other), false);
  });
}

test("a file whose pages are damaged is reported and not an error of ours", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await databaseIn(file, 200);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4096 * 5, 4096 * 12);
  writeFileSync(file, bytes);
  assert.ok(verifySqlite(file).problemCount > 0);
});

test("a backup that is taken while everybody writes is in order and holds what was there when it began", async () => {
  using folder = temporaryFolder();
  await using storage = await openTestStorage({ file: folder.file("lair-chat.db") });
  const { db, file } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const send = (text: string) => db.write(appendMessageOperation, toRoom(room, ann, text));
  await Promise.all(Array.from({ length: 300 }, (_, index) => send(`before ${index}`)));
  let stop = false;
  const writing = (async () => {
    for (let index = 0; !stop; index += 1) await send(`during ${index}`);
  })();
  const target = folder.file("backups/copy.db");
  const report = await backupSqlite({ file, target, force: false });
  stop = true;
  await writing;
  assert.equal(report.problemCount, 0);
  assert.ok(report.entries >= 301);
  assert.deepEqual(readdirSync(folder.file("backups")), ["copy.db"]);
  if (posix) assert.equal(statSync(target).mode & 0o777, 0o600);
  assert.equal(verifySqlite(target).entries, report.entries);
});

test("a backup replaces a file only when it is told to, and the database never", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await databaseIn(file);
  const target = folder.file("copy.db");
  writeFileSync(target, "precious");
  await assert.rejects(backupSqlite({ file, target, force: false }), /exists already.*--force/);
  assert.equal(readFileSync(target, "utf8"), "precious");
  await backupSqlite({ file, target, force: true });
  assert.equal(verifySqlite(target).problemCount, 0);
  for (const own of [file, `${file}-wal`, folder.file("./x/../lair-chat.db")]) {
    const copying = backupSqlite({ file, target: own, force: true });
    await assert.rejects(copying, /is the database itself/);
  }
});

test("a restored database is another history, has nobody signed in, and the old one is kept", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const target = folder.file("copy.db");
  const { logId } = await databaseIn(file);
  {
    await using storage = await openTestStorage({ file });
    assert.equal(storage.db.logId, logId);
    const [ann] = await storage.db.read.select().from(storage.db.tables.users);
    assert.ok(ann !== undefined);
    const session = {
      id: newId.user() as string as SessionId,
      userId: ann.id,
      deviceId: newId.user() as string as DeviceId,
      deviceName: "laptop",
      refreshHash: "hash",
    };
    await storage.db.write(startSessionOperation, { session, passwordHash: ann.passwordHash });
    await backupSqlite({ file, target, force: false });
    await storage.db.write(setState, { key: "later", value: "not in the backup" });
  }
  const options = { backup: target, file, newLogId: randomLogId(), now: Date.now() };
  const { keptAs, sessionsEnded, report } = restoreSqlite(options);
  assert.equal(sessionsEnded, 1);
  assert.equal(report.entries, 9);
  assert.ok(keptAs !== undefined && verifySqlite(keptAs).problemCount === 0);
  await using storage = await openTestStorage({ file });
  assert.equal(storage.db.logId, options.newLogId);
  assert.notEqual(storage.db.logId, logId);
  const { sessions, refreshTokens, serverState } = storage.db.tables;
  const [session] = await storage.db.read.select().from(sessions);
  assert.equal(session?.revokedAt, options.now);
  assert.equal(await storage.db.read.$count(refreshTokens), 0);
  const state = await storage.db.read.select().from(serverState);
  assert.ok(state.every(({ key }) => key !== "later"));
});

test("what was not in the main file yet is kept too when a database is put aside", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const target = folder.file("copy.db");
  await databaseIn(file);
  await backupSqlite({ file, target, force: false });
  // As after kill -9: the WAL holds what was written last.
  const writer = new Sqlite(file);
  writer.pragma("journal_mode = WAL");
  writer.exec("insert into server_state values ('last', 'words')");
  for (const suffix of ["", "-wal"]) copyFileSync(`${file}${suffix}`, `${folder.path}/k${suffix}`);
  writer.close();
  for (const suffix of ["", "-wal"]) copyFileSync(`${folder.path}/k${suffix}`, `${file}${suffix}`);
  const options = { backup: target, file, newLogId: randomLogId(), now: Date.now() };
  const { keptAs } = restoreSqlite(options);
  assert.ok(keptAs !== undefined);
  const kept = new Sqlite(keptAs);
  assert.equal(
    kept.prepare("select value from server_state where key = 'last'").pluck().get(),
    "words",
  );
  kept.close();
  assert.equal(existsSync(`${file}-wal`), false);
  assert.equal(verifySqlite(file).problemCount, 0);
});

test("a restore that was interrupted keeps a server from starting until it is said again", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const target = folder.file("copy.db");
  await databaseIn(file);
  await backupSqlite({ file, target, force: false });
  copyFileSync(target, `${file}.restoring`);
  await assert.rejects(openTestStorage({ file }), /was interrupted.*lair-chat-server restore/);
  restoreSqlite({ backup: target, file, newLogId: randomLogId(), now: Date.now() });
  await using storage = await openTestStorage({ file });
  assert.ok(storage.db.logId);
});

test("a damaged entry is given in its place, is reported once, and nothing is decided by it", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await databaseIn(file);
  tamper(file, "update log_entries set created_at = 9e18, payload = x'ff00' where seq = 4");
  await using storage = await openTestStorage({ file });
  const { db } = storage;
  const [room] = await db.read.select().from(db.tables.rooms);
  const [ann] = await db.read.select().from(db.tables.users);
  assert.ok(room !== undefined && ann !== undefined);
  const conversationId = conversationOfRoom(room.id);
  for (let times = 0; times < 2; times += 1) {
    const { entries } = await readLog(db, { conversationId, after: 0, limit: 50 });
    assert.deepEqual(
      entries.map(({ seq, isCorrupt = false }) => [seq, isCorrupt]),
      Array.from({ length: 9 }, (_, index) => [index + 1, index === 3]),
    );
  }
  const errors = storage.told.filter(({ level }) => level === "error");
  assert.deepEqual(
    errors.map(({ fields }) => fields),
    [{ conversationId, seq: 4 }],
  );
  assert.equal(db.stats().corruptEntries, 2);
  const damaged = (await readLog(db, { conversationId, after: 3, limit: 1 })).entries[0];
  assert.ok(damaged?.messageId !== null && damaged?.messageId !== undefined);
  const change = { messageId: damaged.messageId, by: ann };
  for (const act of [
    db.write(deleteMessageOperation, change),
    db.write(editMessageOperation, { ...change, payload: encodeContent("x") }),
  ]) {
    await assert.rejects(act, { code: "internal_error" });
  }
});

test("operations that were undone leave no gap in the chain", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const rooms = [await makeRoom(db, ann), await makeRoom(db, ann)];
  const sends = Array.from({ length: 200 }, (_, index) => {
    const room = rooms[index % 2];
    assert.ok(room !== undefined);
    const clientId = newId.client();
    const send = toRoom(room, ann, `message ${index}`, clientId);
    const other = { ...send, payload: encodeContent("another") };
    const operation = index % 3 === 0 ? appendAndRefuse : appendMessageOperation;
    return [db.write(operation, send), db.write(appendMessageOperation, other)];
  });
  const results = await Promise.allSettled(sends.flat());
  assert.equal(results.filter(({ status }) => status === "rejected").length, 200);
  const { problems, entries } = verifySqlite(storage.file);
  assert.deepEqual(problems, []);
  assert.equal(entries, 2 + results.filter(({ status }) => status === "fulfilled").length);
});

test("a log from before there were chains goes on with one", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await databaseIn(file);
  tamper(
    file,
    "update log_entries set chain = null, checksum = null; update conversations set chain = null",
  );
  assert.deepEqual(verifySqlite(file).problems, []);
  {
    await using storage = await openTestStorage({ file });
    const { db } = storage;
    const [room] = await db.read.select().from(db.tables.rooms);
    const [ann] = await db.read.select().from(db.tables.users);
    assert.ok(room !== undefined && ann !== undefined);
    for (const text of ["one", "two"])
      await db.write(appendMessageOperation, toRoom(room.id, ann, text));
    const old = await readLog(db, {
      conversationId: conversationOfRoom(room.id),
      after: 4,
      limit: 1,
    });
    const messageId = old.entries[0]?.messageId;
    assert.ok(messageId);
    await db.write(deleteMessageOperation, { messageId, by: ann });
  }
  const { problems, entries } = verifySqlite(file);
  assert.deepEqual(problems, []);
  assert.equal(entries, 12);
});
