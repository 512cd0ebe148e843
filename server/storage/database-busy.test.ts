import assert from "node:assert/strict";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { appendMessageOperation } from "../features/messages/message-store.ts";
import { makeRoom, makeUsers, openTestStorage, toRoom } from "../test/storage-fixture.ts";
import { verifySqlite } from "./verify-sqlite.ts";

test("while another program holds the file, messages are refused as busy and none is lost or doubled", {
  timeout: 60_000,
}, async () => {
  await using storage = await openTestStorage();
  const { db, file } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  const before = toRoom(room, ann, "before");
  await db.write(appendMessageOperation, before);
  const sends = Array.from({ length: 50 }, (_, index) => toRoom(room, ann, `message ${index}`));
  const other = new Sqlite(file);
  other.exec("begin immediate");
  const refused = await Promise.allSettled([
    ...sends.map((send) => db.write(appendMessageOperation, send)),
    db.write(appendMessageOperation, before),
  ]);
  const retried = refused.pop();
  assert.ok(retried?.status === "fulfilled" && retried.value.repeated);
  for (const result of refused) {
    assert.ok(result.status === "rejected");
    assert.deepEqual([result.reason.code, result.reason.retryAfter], ["busy", 5]);
  }
  other.exec("commit");
  other.close();
  for (const send of sends) {
    assert.equal((await db.write(appendMessageOperation, send)).repeated, false);
  }
  const { entries, problems } = verifySqlite(file);
  assert.deepEqual(problems, []);
  assert.equal(entries, 2 + sends.length);
  assert.deepEqual(storage.fatals, []);
});
