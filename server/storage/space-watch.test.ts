import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { deleteMessageOperation } from "../features/messages/message-change-store.ts";
import { appendMessageOperation } from "../features/messages/message-store.ts";
import {
  makeRoom,
  makeUsers,
  openTestStorage,
  temporaryFolder,
  toRoom,
} from "../test/storage-fixture.ts";
import { allowPages, readState, setState } from "../test/storage-operations.ts";
import { createReadinessCheck } from "./readiness-probe.ts";
import { type SpaceState, SpaceWatch } from "./space-watch.ts";

const mebibyte = 1024 * 1024;
const settings = { minFreeBytes: 64 * mebibyte, reserveBytes: 2 * mebibyte };

function watched(file: string) {
  const told: SpaceState[] = [];
  const world = { free: 1000 * mebibyte, now: 0 };
  const open = () =>
    new SpaceWatch({
      file,
      settings,
      monotonic: () => world.now,
      freeBytes: () => world.free,
      changed: (state) => told.push(state),
    });
  return { watch: open(), open, world, told };
}

test("space is looked at every five seconds, and every second while it is low", () => {
  using folder = temporaryFolder();
  const { watch, world } = watched(folder.file("db"));
  assert.equal(watch.isLow(), false);
  world.free = settings.minFreeBytes - 1;
  world.now = 4_999;
  assert.equal(watch.isLow(), false);
  world.now = 5_000;
  assert.equal(watch.isLow(), true);
  world.free = settings.minFreeBytes;
  world.now = 5_999;
  assert.equal(watch.isLow(), true);
  world.now = 6_000;
  assert.equal(watch.isLow(), false);
});

test("the reserve is really there, is given up once, and is made anew when there is space for it", () => {
  using folder = temporaryFolder();
  const file = folder.file("db");
  const { watch, world, told } = watched(file);
  watch.isLow();
  const { size, blocks } = statSync(`${file}.reserve`);
  assert.equal(size, settings.reserveBytes);
  if (process.platform === "linux") assert.ok(blocks * 512 >= settings.reserveBytes / 2);
  assert.equal(watch.release(), true);
  assert.equal(existsSync(`${file}.reserve`), false);
  assert.equal(watch.release(), false);
  world.free = settings.minFreeBytes + settings.reserveBytes - 1;
  world.now += 5_000;
  assert.equal(watch.isLow(), false);
  assert.equal(existsSync(`${file}.reserve`), false);
  world.free += 1;
  world.now += 5_000;
  watch.isLow();
  assert.equal(existsSync(`${file}.reserve`), true);
  assert.deepEqual(
    told.map(({ hasReserve }) => hasReserve),
    [true, false, true],
  );
});

test("a reserve is found again after a restart, and one of another size is not taken for it", () => {
  using folder = temporaryFolder();
  const file = folder.file("db");
  const { watch, open, world } = watched(file);
  watch.isLow();
  assert.equal(open().release(), true);
  writeFileSync(`${file}.reserve`, "half of it");
  world.free = 0;
  assert.equal(open().release(), false);
  assert.equal(existsSync(`${file}.reserve`), false);
});

/** More than any disk has. */
const low = { minFreeBytes: Number.MAX_SAFE_INTEGER, reserveBytes: 0 };

test("while space is low messages are refused, and what frees space or needs none goes on", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const before = await openTestStorage({ file });
  const { ann } = await makeUsers(before.db, "ann");
  const room = await makeRoom(before.db, ann);
  const sent = toRoom(room, ann, "stored before");
  const { entry } = await before.db.write(appendMessageOperation, sent);
  await before[Symbol.asyncDispose]();
  await using storage = await openTestStorage({ file, open: { space: low } });
  const { db } = storage;
  const results = await Promise.allSettled([
    db.write(appendMessageOperation, toRoom(room, ann, "new")),
    db.write(setState, { key: "k", value: "not growing" }),
    db.write(appendMessageOperation, sent),
  ]);
  const [refused, other, retried] = results;
  assert.equal(refused.status === "rejected" && refused.reason.code, "storage_full");
  assert.equal(other.status, "fulfilled");
  // It is stored: to say that it is not would be a lie.
  assert.ok(retried.status === "fulfilled" && retried.value.repeated);
  assert.equal(retried.value.entry.seq, entry.seq);
  assert.ok(entry.messageId !== null);
  await db.write(deleteMessageOperation, { messageId: entry.messageId, by: ann });
  const { ready, checks } = await createReadinessCheck(db, () => 0)();
  assert.deepEqual([ready, checks], [false, { database: "storage_full" }]);
  assert.ok(storage.told.some(({ text }) => /disk is nearly full/.test(text)));
});

test("a retry of what is stored is answered when nothing can be written at all", async () => {
  await using storage = await openTestStorage({ open: { maxPageCount: 100 } });
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const sent = toRoom(room, ann, "stored before");
  await db.write(appendMessageOperation, sent);
  const send = () => db.write(appendMessageOperation, toRoom(room, ann, "x".repeat(3000)));
  await assert.rejects(async () => {
    for (;;) await send();
  }, /disk is full/);
  const results = await Promise.allSettled([
    send(),
    db.write(appendMessageOperation, sent),
    send(),
  ]);
  assert.deepEqual(
    results.map((result) =>
      result.status === "rejected" ? result.reason.code : result.value.repeated,
    ),
    ["storage_full", true, "storage_full"],
  );
  await db.write(allowPages, 10_000);
  assert.equal((await send()).repeated, false);
});

test("when it is really full the reserve is given up for what makes room", async () => {
  const space = { minFreeBytes: 1, reserveBytes: mebibyte };
  await using storage = await openTestStorage({ open: { maxPageCount: 100, space } });
  const { db, file } = storage;
  assert.equal(existsSync(`${file}.reserve`), true);
  const value = "x".repeat(3000);
  await assert.rejects(async () => {
    for (let n = 0; ; n += 1) await db.write(setState, { key: `k${n}`, value });
  }, /disk is full/);
  assert.equal((await db.write(readState, "k0"))?.length, 3000);
  // Given up; where that helps is for a real disk to show.
  assert.ok(storage.told.length > 0);
});
