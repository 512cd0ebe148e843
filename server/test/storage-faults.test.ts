import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { openTestStorage, temporaryFolder } from "./storage-fixture.ts";
import { startWriterChild, type WriterChild } from "./storage-writer-child.ts";

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

const straced = {
  skip: process.platform === "linux" ? needs("strace") : "needs strace",
  timeout: 120_000,
};

/** Writes until it ends with 70; what it had said until then is stored, and nothing was refused. */
async function endsWithoutRefusing(
  child: ReturnType<typeof startWriterChild>,
  file: string,
): Promise<ReadonlySet<string>> {
  child.tell("flood k");
  assert.equal(await child.exited, 70);
  const answered = child.lines.filter((line) => line !== "ready");
  assert(answered.every((line) => line.startsWith("ok ")));
  const stored = await keysIn(file);
  assert(told(child.lines, "ok").every((key) => stored.has(key)));
  return stored;
}

function traced(calls: string, inject: string): readonly string[] {
  const trace = ["-e", `trace=${calls}`, "-e", `inject=${calls}:${inject}`];
  return ["strace", "-f", "-qq", ...trace, "-o", "/dev/null"];
}

// Each thread counts for itself. With a plus none succeeds from there on; without one the next would,
// so that whoever tried again would take for stored what the disk has forgotten. The first is that of
// the folder, without which nothing starts; the third is the same by SQLite, which asks for it again.
for (const when of ["2+", "2", "4", "5", "7"]) {
  test(
    `when sync ${when} fails, nobody is told that it was stored or that it was not`,
    straced,
    async () => {
      using folder = temporaryFolder();
      const file = folder.file("lair-chat.db");
      {
        await using first = startWriterChild(file);
        await first.says(/^ready/);
        first.tell("write before");
        await first.says(/^ok before$/);
      }
      const wrapper = traced("fdatasync,fsync", `error=EIO:when=${when}`);
      await using child = startWriterChild(file, { wrapper });
      await child.says(/^ready/);
      const stored = await endsWithoutRefusing(child, file);
      assert(stored.has("before"));
    },
  );
}

test(
  "a disk that takes no more is told as storage_full, and nothing of what was refused is stored",
  straced,
  async () => {
    using folder = temporaryFolder();
    const file = folder.file("lair-chat.db");
    const wrapper = traced("pwrite64", "error=ENOSPC:when=400+");
    await using child = startWriterChild(file, { wrapper });
    await child.says(/^ready/);
    child.tell("flood k");
    await child.says(/^storage_full /);
    child.tell("read");
    await child.says(/^rows [1-9]/);
    child.kill();
    await child.exited;
    const stored = await keysIn(file);
    assert(told(child.lines, "ok").every((key) => stored.has(key)));
    assert(told(child.lines, "storage_full").every((key) => !stored.has(key)));
  },
);

test(
  "a quota that is used up is told as storage_full, though SQLite does not call it that",
  straced,
  async () => {
    using folder = temporaryFolder();
    const wrapper = traced("pwrite64", "error=EDQUOT:when=400+");
    await using child = startWriterChild(folder.file("lair-chat.db"), { wrapper });
    await child.says(/^ready/);
    child.tell("flood k");
    await child.says(/^storage_full /);
    child.tell("read");
    await child.says(/^rows [1-9]/);
  },
);

// The one that comes once is followed by writes that succeed: the disk works again, and still nobody
// knows what it has of the transaction.
for (const when of ["400+", "400"]) {
  test(
    `a write that fails with an I/O error (${when}) ends the process, and nobody is refused`,
    straced,
    async () => {
      using folder = temporaryFolder();
      const file = folder.file("lair-chat.db");
      const wrapper = traced("pwrite64", `error=EIO:when=${when}`);
      await using child = startWriterChild(file, { wrapper });
      await child.says(/^ready/);
      await endsWithoutRefusing(child, file);
    },
  );
}

const mebibyte = 1024 * 1024;
/** Runs what follows with a small disk of its own at $0. */
const onSmallDisk = (folder: string, bytes: number) => [
  "unshare",
  "-Urm",
  "sh",
  "-c",
  `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$@"`,
  folder,
];

function noSmallDisks(): string | false {
  if (process.platform !== "linux") return "needs mount namespaces";
  using folder = temporaryFolder();
  const [command = "", ...args] = [...onSmallDisk(folder.path, mebibyte), "true"];
  return spawnSync(command, args).status === 0 ? false : "no small disk can be mounted";
}

test("on a disk that fills up messages are refused first, the rest goes on, and it recovers by itself", {
  skip: noSmallDisks(),
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder();
  const wrapper = onSmallDisk(folder.path, 48 * mebibyte);
  const space = [16 * mebibyte, 8 * mebibyte] as const;
  await using child = startWriterChild(folder.file("lair-chat.db"), { wrapper, space });
  await child.says(/^ready/);
  child.tell("send first");
  await child.says(/^ok first$/);
  child.tell(`ballast ${28 * mebibyte}`);
  await child.says(/^filled/);
  const refused = await sendUntil(child, "low", "storage_full");
  child.tell("write small");
  await child.says(/^ok small$/);
  // Now to the last byte: what the reserve gives is for what is not refused.
  child.tell(`ballast ${100 * mebibyte}`);
  await child.says(/^filled 104857600/);
  for (const key of ["a", "b", "c", "d", "e", "f"]) {
    child.tell(`write ${key}`);
    await child.says(new RegExp(`^ok ${key}$`));
  }
  child.tell("send never");
  await child.says(/^storage_full never$/);
  child.tell("drop");
  await child.says(/^dropped/);
  const accepted = await sendUntil(child, "again", "ok");
  child.tell("read");
  const rows = await child.says(/^rows /);
  // Its log_id, and what it was told of: nothing more, nothing less.
  const ok = told(child.lines, "ok").length;
  assert.equal(rows, `rows ${ok + 1}`);
  assert.match(refused, /^low/);
  assert.match(accepted, /^again/);
});

/** Sends until it is answered so; the test's own limit is the limit. */
async function sendUntil(child: WriterChild, name: string, answer: string): Promise<string> {
  for (let n = 0; ; n += 1) {
    const key = `${name}-${n}`;
    child.tell(`send ${key}`);
    if ((await child.says(new RegExp(` ${key}$`))) === `${answer} ${key}`) return key;
  }
}
