import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { test } from "node:test";
import { temporaryFolder } from "../test/storage-fixture.ts";
import { DatabaseInUse, takeInstanceLock } from "./instance-lock.ts";

const limitMs = 20_000;
const typescript = ["--input-type=module-typescript", "-e"];
const script = `
  import { takeInstanceLock } from ${JSON.stringify(new URL("./instance-lock.ts", import.meta.url).href)};
  takeInstanceLock(process.argv[1], "the other");
  console.log("taken");
  setInterval(() => {}, 1000);
`;

/** Another process that has the lock. */
async function holder(file: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...typescript, script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout ?? child, "data", { signal: AbortSignal.timeout(limitMs) });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit", { signal: AbortSignal.timeout(limitMs) });
}

test("one process at a time has the lock, and the others are told who", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const other = await holder(file);
  try {
    assert.throws(
      () => takeInstanceLock(file, "us"),
      (error: Error) => {
        assert.ok(error instanceof DatabaseInUse);
        assert.deepEqual(error.holder, { pid: other.pid, purpose: "the other" });
        assert.match(error.message, new RegExp(`the other, process ${other.pid}`));
        return true;
      },
    );
  } finally {
    await kill(other);
  }
});

test("a process that was killed leaves nothing behind that is in the way", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  await kill(await holder(file));
  using lock = takeInstanceLock(file, "us");
  assert.ok(lock);
});

test("the lock can be taken again once it was given up", () => {
  using folder = temporaryFolder();
  const file = folder.file("deep/down/lair-chat.db");
  for (let round = 0; round < 3; round += 1) {
    using _lock = takeInstanceLock(file, "us");
    assert.throws(() => takeInstanceLock(file, "us again"), DatabaseInUse);
    // To have looked did not cost the first one its lock.
    assert.throws(() => takeInstanceLock(file, "us again"), DatabaseInUse);
  }
});

test("to have looked whether the lock is free does not give it to others", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  using _lock = takeInstanceLock(file, "us");
  assert.throws(() => takeInstanceLock(file, "us again"), DatabaseInUse);
  const other = spawn(process.execPath, [...typescript, script, file], { stdio: "pipe" });
  const [code] = await once(other, "exit", { signal: AbortSignal.timeout(limitMs) });
  assert.equal(code, 1);
});

test("locks of different databases do not meet", () => {
  using folder = temporaryFolder();
  using one = takeInstanceLock(folder.file("one.db"), "us");
  using two = takeInstanceLock(folder.file("two.db"), "us");
  assert.notEqual(one, two);
});

test("the lock file is nobody else's to read", { skip: process.platform === "win32" }, () => {
  using folder = temporaryFolder();
  using _lock = takeInstanceLock(folder.file("one.db"), "us");
  assert.equal(statSync(folder.file("one.db.lock")).mode & 0o077, 0);
});
