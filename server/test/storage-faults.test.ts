import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { openTestStorage, temporaryFolder } from "./storage-fixture.ts";
import { startWriterChild } from "./storage-writer-child.ts";

const has = (command: string) => spawnSync(command, ["--version"]).status === 0;
const needs = (command: string) => (has(command) ? false : `${command} is not installed`);

async function keysIn(file: string): Promise<ReadonlySet<string>> {
  await using storage = await openTestStorage({ file });
  const rows = await storage.db.read.select().from(storage.db.tables.serverState);
  return new Set(rows.map((row) => row.key));
}

const told = (lines: readonly string[], word: string) =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

test("everything acknowledged before a kill is there after it", { timeout: 120_000 }, async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const acknowledged: string[] = [];
  for (let life = 0; life < 5; life += 1) {
    await using child = startWriterChild(file);
    await child.says(/^ready/);
    child.tell(`flood life${life}`);
    // Killed in the middle of its work, each time a little further on.
    await child.says(new RegExp(`^ok life${life}-7-${5 + 3 * life}$`));
    child.kill();
    assert.equal(await child.exited, null);
    acknowledged.push(...told(child.lines, "ok"));
  }
  const stored = await keysIn(file);
  assert(acknowledged.length > 1000);
  assert.deepEqual(
    acknowledged.filter((key) => !stored.has(key)),
    [],
  );
});

test("a file that may not grow refuses writes as storage_full, and takes them again when it may", {
  skip: needs("prlimit"),
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await using child = startWriterChild(file);
  await child.says(/^ready/);
  limitFileSize(child.pid, String(1024 * 1024));
  child.tell("flood k");
  await child.says(/^storage_full /);
  child.tell("read");
  await child.says(/^rows [1-9]/);
  limitFileSize(child.pid, "unlimited");
  child.tell("write afterwards");
  await child.says(/^ok afterwards$/);
  child.kill();
  await child.exited;
  const stored = await keysIn(file);
  const acknowledged = new Set(told(child.lines, "ok"));
  assert([...acknowledged].every((key) => stored.has(key)));
  assert(told(child.lines, "storage_full").every((key) => !stored.has(key)));
});

test("a full disk does not keep the database from being closed in order", {
  skip: needs("prlimit"),
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await using child = startWriterChild(file);
  await child.says(/^ready/);
  limitFileSize(child.pid, String(300 * 1024));
  child.tell("flood k");
  await child.says(/^storage_full /);
  child.endInput();
  assert.equal(await child.exited, 0);
  const stored = await keysIn(file);
  assert(told(child.lines, "ok").every((key) => stored.has(key)));
});

function limitFileSize(pid: number, bytes: string): void {
  const limit = `--fsize=${bytes}:unlimited`;
  assert.equal(spawnSync("prlimit", ["--pid", String(pid), limit]).status, 0);
}

test("when the disk fails to sync, nobody is told that it was stored or that it was not", {
  skip: process.platform === "linux" ? needs("strace") : "needs strace",
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  {
    await using first = startWriterChild(file);
    await first.says(/^ready/);
    first.tell("write before");
    await first.says(/^ok before$/);
  }
  // The first sync of each thread succeeds, and none after it.
  const inject = "inject=fdatasync,fsync:error=EIO:when=2+";
  const strace = ["strace", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-e", inject];
  await using child = startWriterChild(file, [...strace, "-o", "/dev/null"]);
  await child.says(/^ready/);
  child.tell("flood k");
  assert.equal(await child.exited, 70);
  const answered = child.lines.filter((line) => line !== "ready");
  assert(answered.every((line) => line.startsWith("ok ")));
  const stored = await keysIn(file);
  assert(["before", ...told(child.lines, "ok")].every((key) => stored.has(key)));
});
