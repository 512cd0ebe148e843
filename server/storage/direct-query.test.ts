import assert from "node:assert/strict";
import { test } from "node:test";
import { eq, sql } from "drizzle-orm";
import { appendMessageOperation } from "../features/messages/message-store.ts";
import { makeRoom, makeUsers, openTestStorage, toRoom } from "../test/storage-fixture.ts";
import { directQuery } from "./direct-query.ts";

const at = sql.placeholder;

test("a query gives the same without the builder: texts, numbers, booleans, bytes and nothing", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann, { isPrivate: true });
  await db.write(appendMessageOperation, toRoom(room, ann, "bytes", null));
  const { rooms, logEntries } = db.tables;
  const own = sql<string | null>`${db.read.select({ id: rooms.id }).from(rooms)}`;
  const ofRoom = { roomId: room };
  const queries = [
    db.read
      .select()
      .from(rooms)
      .where(eq(rooms.id, at("roomId")))
      .prepare("a"),
    db.read
      .select()
      .from(logEntries)
      .where(eq(logEntries.conversationId, at("roomId")))
      .prepare("b"),
    db.read
      .select({ own, is: rooms.isPrivate })
      .from(rooms)
      .where(eq(rooms.isPrivate, true))
      .prepare("c"),
  ];
  for (const query of queries) {
    const direct = directQuery(query);
    assert.notEqual(direct, query);
    const expected = await query.execute(ofRoom);
    assert.ok(expected.length > 0);
    assert.deepEqual(await direct.execute(ofRoom), expected);
  }
});

test("a query of several tables stays the builder's", async () => {
  await using storage = await openTestStorage();
  const { read, tables } = storage.db;
  const query = read
    .select()
    .from(tables.rooms)
    .leftJoin(tables.members, eq(tables.members.conversationId, tables.rooms.id))
    .prepare("joined");
  assert.equal(directQuery(query), query);
});

test("a value that is missing is said, and not taken for null", async () => {
  await using storage = await openTestStorage();
  const { read, tables } = storage.db;
  const { users } = tables;
  const query = directQuery(
    read
      .select()
      .from(users)
      .where(eq(users.id, at("id")))
      .prepare("one"),
  );
  await assert.rejects(async () => query.execute({ name: "ann" }), /without a value for "id"/);
});
