import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import Sqlite from "better-sqlite3";
import { appendMessageOperation } from "../features/messages/message-store.ts";
import {
  makeRoom,
  makeUsers,
  openTestStorage,
  temporaryFolder,
  toRoom,
} from "../test/storage-fixture.ts";
import {
  exitThread,
  giveFunction,
  insertState,
  notListed,
  readState,
  setBoth,
  setState,
  setStateAndThrow,
} from "../test/storage-operations.ts";
import type { Reader } from "./database.ts";
import type { LogEntry } from "./log-entry.ts";
import { openSqlite } from "./open-sqlite.ts";

const row = (key: string, value = "x") => ({ key, value });

async function stateOf({ read, tables }: Reader): Promise<Record<string, string>> {
  const rows = await read.select().from(tables.serverState);
  const own = rows.filter(({ key }) => key !== "log_id");
  return Object.fromEntries(own.map(({ key, value }) => [key, value]));
}

/** Of those that one turn has, so many are handed over before its end. */
const handedOverAtOnce = 32;

for (const { calls, mostCommits } of [
  { calls: handedOverAtOnce - 1, mostCommits: 1 },
  { calls: 500, mostCommits: Math.ceil(500 / handedOverAtOnce) },
]) {
  test(`${calls} operations called in one turn of the loop share ${mostCommits} commits at most`, async () => {
    await using storage = await openTestStorage();
    const before = storage.db.stats();
    await Promise.all(
      Array.from({ length: calls }, (_, index) => storage.db.write(setState, row(`key ${index}`))),
    );
    const after = storage.db.stats();
    assert.equal(after.operations - before.operations, calls);
    assert(after.commits - before.commits <= mostCommits, `${after.commits - before.commits}`);
    assert.equal(after.queued, 0);
  });
}

test("a batch has a bound, and what is beyond it goes into the next one", async () => {
  await using storage = await openTestStorage();
  const before = storage.db.stats().commits;
  await Promise.all(
    Array.from({ length: 3000 }, (_, index) => storage.db.write(setState, row(`key ${index}`))),
  );
  const commits = storage.db.stats().commits - before;
  assert(commits >= 6 && commits <= Math.ceil(3000 / handedOverAtOnce), `${commits} commits`);
});

test("a write is there for readers when it resolves", async () => {
  await using storage = await openTestStorage();
  await storage.db.write(setState, row("colour", "green"));
  assert.deepEqual(await stateOf(storage.db), { colour: "green" });
});

test("operations run in the order of the calls", async () => {
  await using storage = await openTestStorage();
  const seen = await Promise.all([
    storage.db.write(readState, "n"),
    storage.db.write(setState, row("n", "1")),
    storage.db.write(readState, "n"),
    storage.db.write(setState, row("n", "2")),
    storage.db.write(readState, "n"),
  ]);
  assert.deepEqual(seen, [undefined, undefined, "1", undefined, "2"]);
});

test("a refusal undoes its own operation and nothing else of the transaction", async () => {
  await using storage = await openTestStorage();
  const results = await Promise.allSettled([
    storage.db.write(setState, row("before")),
    storage.db.write(setStateAndThrow, { key: "refused", refuse: true }),
    storage.db.write(setState, row("after")),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(await stateOf(storage.db), { before: "x", after: "x" });
});

test("a refusal arrives as the ChatError that it was", async () => {
  await using storage = await openTestStorage();
  await assert.rejects(storage.db.write(setStateAndThrow, { key: "k", refuse: true }), (error) => {
    assert(error instanceof ChatError);
    assert.equal(error.code, "room_full");
    assert.equal(error.message, new ChatError("room_full").message);
    assert.equal(error.retryAfter, 7);
    assert.deepEqual(error.details, { why: "test" });
    return true;
  });
  assert.deepEqual(
    storage.told.filter(({ level }) => level === "error"),
    [],
  );
});

test("a mistake in an operation undoes it, is logged, and does not pass for a refusal", async () => {
  await using storage = await openTestStorage();
  const [broken] = await Promise.allSettled([
    storage.db.write(setStateAndThrow, { key: "k", refuse: false }),
    storage.db.write(setState, row("other")),
  ]);
  assert.equal(broken.status, "rejected");
  assert(broken.reason instanceof Error && !(broken.reason instanceof ChatError));
  assert.match(broken.reason.message, /test\.set_state_and_throw.*a mistake in an operation/);
  assert.match(String((broken.reason.cause as Error).stack), /storage-operations\.ts/);
  assert.deepEqual(await stateOf(storage.db), { other: "x" });
  assert.equal(storage.told.filter(({ level }) => level === "error").length, 1);
});

test("an error of the database names no values of the query", async () => {
  await using storage = await openTestStorage();
  await storage.db.write(insertState, row("twice", "first secret"));
  await assert.rejects(storage.db.write(insertState, row("twice", "second secret")), (error) => {
    assert(error instanceof Error);
    assert.match(error.message, /UNIQUE constraint failed: server_state\.key/);
    assert.doesNotMatch(`${error.stack} ${String((error.cause as Error).stack)}`, /secret/);
    return true;
  });
  assert.deepEqual(await stateOf(storage.db), { twice: "first secret" });
});

test("entries are announced in commit order before their writes resolve", async () => {
  await using storage = await openTestStorage();
  const { ann, bob } = await makeUsers(storage.db, "ann", "bob");
  const rooms = [await makeRoom(storage.db, ann), await makeRoom(storage.db, bob)];
  const announced: LogEntry[] = [];
  const order: string[] = [];
  storage.db.onCommit((entries) => {
    announced.push(...entries);
    order.push(...entries.map((entry) => `announced ${entry.messageId}`));
  });
  const sends = Array.from({ length: 40 }, (_, index) => {
    const [room = rooms[0], sender = ann] = [rooms[index % 2], [ann, bob][index % 2]];
    assert(room !== undefined);
    return toRoom(room, sender, `message ${index}`);
  });
  await Promise.all(
    sends.map(async (send) => {
      const { entry } = await storage.db.write(appendMessageOperation, send);
      order.push(`resolved ${entry.messageId}`);
    }),
  );
  assert.deepEqual(
    announced.map((entry) => entry.messageId),
    sends.map((send) => send.messageId),
  );
  for (const { messageId } of sends) {
    assert(order.indexOf(`announced ${messageId}`) < order.indexOf(`resolved ${messageId}`));
  }
});

test("what a refused operation appended is not announced", async () => {
  await using storage = await openTestStorage();
  const { ann, bob } = await makeUsers(storage.db, "ann", "bob");
  const room = await makeRoom(storage.db, ann);
  const announced: LogEntry[] = [];
  storage.db.onCommit((entries) => announced.push(...entries));
  const results = await Promise.allSettled([
    storage.db.write(appendMessageOperation, toRoom(room, bob, "not a member")),
    storage.db.write(appendMessageOperation, toRoom(room, ann, "hello")),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ["rejected", "fulfilled"],
  );
  assert.deepEqual(
    announced.map((entry) => [entry.senderName, entry.seq]),
    [["ann", 2]],
  );
});

test("a commit listener that throws is logged and harms nobody", async () => {
  await using storage = await openTestStorage();
  const { ann } = await makeUsers(storage.db, "ann");
  let heard = 0;
  storage.db.onCommit(() => {
    throw new Error("listener");
  });
  storage.db.onCommit((entries) => {
    heard += entries.length;
  });
  await makeRoom(storage.db, ann);
  assert.equal(heard, 1);
  assert.equal(storage.told.filter(({ text }) => text === "a commit listener failed").length, 1);
});

test("readers never see a transaction that is not committed", async () => {
  await using storage = await openTestStorage();
  const pairs = Array.from({ length: 300 }, (_, index) => String(index));
  let finished = false;
  const writing = Promise.all(
    pairs.map(async (value) => {
      await new Promise((resolve) => setImmediate(resolve));
      await storage.db.write(setBoth, value);
    }),
  ).then(() => {
    finished = true;
  });
  let looks = 0;
  while (!finished) {
    const state = await stateOf(storage.db);
    assert.equal(state["left"], state["right"]);
    looks += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writing;
  assert(looks > 0);
  assert.equal((await stateOf(storage.db))["left"], "299");
});

test("an operation that the writer does not know is refused with what to do", async () => {
  await using storage = await openTestStorage();
  await assert.rejects(
    storage.db.write(notListed, undefined),
    /test\.not_listed.*write-operations\.ts/,
  );
  await storage.db.write(setState, row("still", "works"));
});

test("two operations of one name keep the database from opening", async () => {
  using folder = temporaryFolder();
  const opening = openSqlite({
    file: folder.file("lair-chat.db"),
    writerThread: new URL("../test/twice-named-writer-thread.ts", import.meta.url),
    onFatal: () => assert.fail("it never opened"),
  });
  await assert.rejects(opening, /Two write operations are called "test\.twice"/);
});

test("arguments that cannot be cloned harm only their own call", async () => {
  await using storage = await openTestStorage();
  const results = await Promise.allSettled([
    storage.db.write(setState, row("a")),
    storage.db.write(setState, { key: "b", value: (() => "x") as unknown as string }),
    storage.db.write(setState, row("c")),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(Object.keys(await stateOf(storage.db)), ["a", "c"]);
  assert.equal(storage.db.stats().queued, 0);
});

test("a result that cannot be cloned harms only its own call", async () => {
  await using storage = await openTestStorage();
  const [given, set] = await Promise.allSettled([
    storage.db.write(giveFunction, "k"),
    storage.db.write(setState, row("other")),
  ]);
  assert.equal(given.status, "rejected");
  assert.match(String(given.reason), /test\.give_function.*cannot be cloned, but it was stored/);
  assert.equal(set.status, "fulfilled");
});

test("more calls than may wait are refused as busy at once, and the others are stored", async () => {
  await using storage = await openTestStorage();
  const calls = Array.from({ length: 20_050 }, () => storage.db.write(setState, row("k")));
  const results = await Promise.allSettled(calls);
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 50);
  assert(refused.every(({ reason }) => reason instanceof ChatError && reason.code === "busy"));
  await storage.db.write(setState, row("k"));
});

test("closing finishes what was accepted and refuses what comes later", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const first = await openTestStorage({ file });
  const accepted = Promise.all(
    Array.from({ length: 50 }, (_, index) => first.db.write(setState, row(`k${index}`))),
  );
  const closing = first[Symbol.asyncDispose]();
  await assert.rejects(first.db.write(setState, row("late")), { code: "shutting_down" });
  await accepted;
  await closing;
  await using second = await openTestStorage({ file });
  assert.equal(Object.keys(await stateOf(second.db)).length, 50);
  assert.deepEqual(first.fatals, []);
});

test("when the writer thread dies nothing is settled and the process is told to end", async () => {
  await using storage = await openTestStorage();
  await storage.db.write(setState, row("kept"));
  let settled = false;
  const note = () => {
    settled = true;
  };
  storage.db.write(exitThread, "k").then(note, note);
  storage.db.write(setState, row("with it")).then(note, note);
  const fault = await storage.failed;
  assert.equal(fault.exitCode, 70);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(settled, false);
  assert.equal(storage.fatals.length, 1);
  await assert.rejects(storage.db.write(setState, row("later")), { code: "shutting_down" });
  assert.deepEqual(await stateOf(storage.db), { kept: "x" });
});

test("damage that a reader meets ends the process with the code for a damaged file", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  {
    await using storage = await openTestStorage({ file });
    await makeUsers(storage.db, "ann");
  }
  damageTable(file, "users");
  await using storage = await openTestStorage({ file });
  const { users } = storage.db.tables;
  await assert.rejects(async () => await storage.db.read.select().from(users));
  const fault = await storage.failed;
  assert.equal(fault.exitCode, 78);
  assert.match(fault.error.message, /lair-chat\.db is damaged/);
});

test("damage that the writer meets settles nothing and ends the process", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  {
    await using storage = await openTestStorage({ file });
    await makeUsers(storage.db, "ann");
  }
  damageTable(file, "users");
  await using storage = await openTestStorage({ file });
  let settled = false;
  const note = () => {
    settled = true;
  };
  makeUsers(storage.db, "bob").then(note, note);
  assert.equal((await storage.failed).exitCode, 78);
  assert.match(storage.told.at(-1)?.text ?? "", /lair-chat-server restore BACKUP/);
  assert.equal(settled, false);
});

test("damage that is met while opening keeps the database closed, and the file is left as it is", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  {
    await using storage = await openTestStorage({ file });
    await storage.db.write(setState, row("k"));
  }
  damageTable(file, "server_state");
  const before = readFileSync(file);
  await assert.rejects(openTestStorage({ file }), /is damaged.*lair-chat-server restore BACKUP/);
  assert.deepEqual(readFileSync(file), before);
});

/** Overwrites the first page of a table with what no page of a table looks like. */
function damageTable(file: string, table: string): void {
  const client = new Sqlite(file, { readonly: true });
  const page = client
    .prepare("select rootpage from sqlite_schema where name = ?")
    .pluck()
    .get(table);
  client.close();
  assert(typeof page === "number");
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
}
