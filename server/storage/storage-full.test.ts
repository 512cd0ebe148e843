import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestStorage, type TestStorage } from "../test/storage-fixture.ts";
import { allowPages, readState, setState } from "../test/storage-operations.ts";

/** Few enough that some rows fit and many do not. */
const pages = 60;
const bulky = (key: string) => ({ key, value: "x".repeat(3000) });

/** Beside the one that the database is made with. */
async function rowsIn({ db }: TestStorage): Promise<number> {
  return (await db.read.$count(db.tables.serverState)) - 1;
}

test("a full disk refuses all of a transaction, and nothing of it is stored", async () => {
  await using storage = await openTestStorage({ open: { maxPageCount: pages } });
  const results = await Promise.allSettled(
    Array.from({ length: 100 }, (_, index) => storage.db.write(setState, bulky(`key ${index}`))),
  );
  for (const result of results) {
    assert(result.status === "rejected");
    assert.equal(result.reason.code, "storage_full");
  }
  assert.equal(await rowsIn(storage), 0);
  assert.deepEqual(storage.fatals, []);
});

test("with a full disk reading goes on, and what was stored before stays", async () => {
  await using storage = await openTestStorage({ open: { maxPageCount: pages } });
  let stored = 0;
  await assert.rejects(
    async () => {
      for (; ; stored += 1) await storage.db.write(setState, bulky(`key ${stored}`));
    },
    { code: "storage_full" },
  );
  assert(stored > 0);
  assert.equal(await rowsIn(storage), stored);
  assert.equal((await storage.db.write(readState, "key 0"))?.length, 3000);
});

test("writing goes on as soon as there is space again", async () => {
  await using storage = await openTestStorage({ open: { maxPageCount: pages } });
  const fill = Array.from({ length: 100 }, (_, index) => bulky(`key ${index}`));
  const store = () => Promise.all(fill.map((row) => storage.db.write(setState, row)));
  await assert.rejects(store(), { code: "storage_full" });
  await storage.db.write(allowPages, 10_000);
  await store();
  assert.equal(await rowsIn(storage), fill.length);
});
