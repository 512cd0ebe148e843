import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openTestStorage, temporaryFolder } from "../test/storage-fixture.ts";
import { setState } from "../test/storage-operations.ts";
import { prepareDataFile } from "./data-file.ts";
import { takeInstanceLock } from "./instance-lock.ts";

const posix = { skip: process.platform === "win32" ? "modes are not used on Windows" : false };
const modeOf = (file: string) => statSync(file).mode & 0o777;

test(
  "a new folder is its owner's alone, and so are the database and the files beside it",
  posix,
  async () => {
    using folder = temporaryFolder();
    const file = folder.file("data/deep/lair-chat.db");
    await using storage = await openTestStorage({ file });
    await storage.db.write(setState, { key: "k", value: "x" });
    assert.equal(modeOf(folder.file("data")), 0o700);
    assert.equal(modeOf(folder.file("data/deep")), 0o700);
    for (const suffix of ["", "-wal", "-shm"]) assert.equal(modeOf(`${file}${suffix}`), 0o600);
  },
);

test("where no folder can be made the database is refused at once", {
  skip: process.platform !== "linux",
}, () => {
  const file = "/proc/no-such-folder/deep/lair-chat.db";
  assert.throws(() => prepareDataFile(file, true), /cannot be made: .*ENOENT/);
  assert.throws(() => takeInstanceLock(file, "a test"), /cannot be opened: .*ENOENT/);
});

test("a database that others may read is refused with what to do, and not changed", posix, () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  writeFileSync(file, "");
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(file, mode);
    assert.throws(() => prepareDataFile(file, true), /mode 06[024]{2}.*chmod 600/);
    assert.equal(modeOf(file), mode);
  }
  chmodSync(file, 0o600);
  prepareDataFile(file, true);
});

test("a file that is no database is refused and left exactly as it is", () => {
  using folder = temporaryFolder();
  const file = folder.file("notes.txt");
  for (const content of [
    "my notes, which are longer than a header",
    "short",
    "SQLite format 2\0",
  ]) {
    writeFileSync(file, content, { mode: 0o600 });
    assert.throws(() => prepareDataFile(file, true), /not an SQLite database/);
    assert.equal(readFileSync(file, "utf8"), content);
  }
});

test("a folder in place of the file is refused", () => {
  using folder = temporaryFolder();
  mkdirSync(folder.file("lair-chat.db"));
  assert.throws(() => prepareDataFile(folder.file("lair-chat.db"), true), /is not a file/);
});

test("a missing file is made only if it may be", () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  assert.throws(() => prepareDataFile(file, false), /does not exist.*mode=rwc/);
  assert.equal(existsSync(file), false);
  prepareDataFile(file, true);
  assert.equal(statSync(file).size, 0);
});

test("a place where no file can be made is refused with the reason", () => {
  using folder = temporaryFolder();
  writeFileSync(folder.file("blocked"), "");
  const file = path.join(folder.file("blocked"), "lair-chat.db");
  assert.throws(() => prepareDataFile(file, true), /cannot be made/);
});

test("the log of a lost database is not buried under a new one", () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  writeFileSync(`${file}-wal`, "what was acknowledged");
  assert.throws(() => prepareDataFile(file, true), /moved or lost/);
  assert.equal(existsSync(file), false);
  writeFileSync(file, "", { mode: 0o600 });
  assert.throws(() => prepareDataFile(file, true), /moved or lost/);
});
