import assert from "node:assert/strict";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { verifySqlite } from "../../storage/verify-sqlite.ts";
import {
  makeRoom,
  makeUsers,
  newId,
  openTestStorage,
  type TestStorage,
  temporaryFolder,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import {
  allowPages,
  appendAndRefuse,
  breakPromise,
  joinSpeakAndRefuse,
  rememberAndRefuse,
  setState,
} from "../../test/storage-operations.ts";
import { readLog } from "../conversations/log-store.ts";
import { banMemberOperation, removeMemberOperation } from "../rooms/member-administration-store.ts";
import { deleteRoomOperation, updateRoomOperation } from "../rooms/room-administration-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import { blockUserOperation } from "../users/block-store.ts";
import { appendMessageOperation } from "./message-store.ts";

/** A room with two members, of whom the writer has heard both. */
async function roomOfTwo(options?: Parameters<typeof openTestStorage>[0]) {
  const storage = await openTestStorage(options);
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const say = (who = bob, content = "hi", clientId = newId.client()) =>
    db.write(appendMessageOperation, toRoom(room, who, content, clientId));
  await Promise.all([say(ann), say(bob), say(ann), say(bob)]);
  return { ...storage, ann, bob, room, say };
}

/** What each became: a code, or "stored". */
async function fates(writes: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(writes);
  return settled.map((one) => (one.status === "fulfilled" ? "stored" : one.reason.code));
}

const rows = async ({ db }: Pick<TestStorage, "db">) => db.read.$count(db.tables.logEntries);

test("what is decided about a member is known to the next message of the same transaction", async () => {
  await using storage = await roomOfTwo();
  const { db, ann, bob, room, say } = storage;
  const byAnn = { roomId: room, userId: ann.id, targetId: bob.id };
  const own = { roomId: room, userId: bob.id };
  const before = db.stats().commits;
  const told = await fates([
    say(),
    db.write(removeMemberOperation, byAnn),
    say(),
    db.write(joinRoomOperation, own),
    say(),
    db.write(leaveRoomOperation, own),
    say(),
    db.write(joinRoomOperation, own),
    say(),
    db.write(updateRoomOperation, { ...byAnn, wanted: { moderated: true } }),
    say(),
    say(ann),
    db.write(updateRoomOperation, { ...byAnn, wanted: { moderated: false } }),
    say(),
    db.write(banMemberOperation, { ...byAnn, reason: null }),
    say(),
    db.write(deleteRoomOperation, { roomId: room, userId: ann.id, right: "room.delete" }),
    say(ann),
  ]);
  assert.equal(db.stats().commits - before, 1);
  assert.deepEqual(
    told.map((fate, index) => [index, fate]).filter(([, fate]) => fate !== "stored"),
    [
      [2, "not_room_member"],
      [6, "not_room_member"],
      [10, "room_moderated"],
      [15, "not_room_member"],
      [17, "room_not_found"],
    ],
  );
});

for (const operation of [joinSpeakAndRefuse, rememberAndRefuse]) {
  test(`what was undone is not remembered (${operation.name})`, async () => {
    await using storage = await roomOfTwo();
    const { db, room } = storage;
    const { eve } = await makeUsers(db, "eve");
    const message = toRoom(room, eve, "me too");
    const told = await fates([
      db.write(operation, { roomId: room, message }),
      db.write(appendMessageOperation, message),
      storage.say(),
    ]);
    assert.deepEqual(told, ["room_full", "not_room_member", "stored"]);
    assert.deepEqual(await fates([db.write(appendMessageOperation, message)]), ["not_room_member"]);
  });
}

test("what a transaction that was rolled back had changed is not remembered", async () => {
  await using storage = await roomOfTwo();
  const { db, room, say } = storage;
  const { eve } = await makeUsers(db, "eve");
  const file = new Sqlite(storage.file, { readonly: true });
  const size = Number(file.pragma("page_count", { simple: true }));
  file.close();
  await db.write(allowPages, size + 5);
  const bulky = Array.from({ length: 50 }, (_, index) =>
    db.write(setState, { key: `key ${index}`, value: "x".repeat(3000) }),
  );
  const lost = [db.write(joinRoomOperation, { roomId: room, userId: eve.id }), say(eve), say()];
  assert.deepEqual(new Set(await fates([...lost, ...bulky])), new Set(["storage_full"]));
  await db.write(allowPages, 100_000);
  assert.deepEqual(await fates([say(eve), say()]), ["not_room_member", "stored"]);
  const { entries } = await readLog(db, { conversationId: conversationOfRoom(room), limit: 50 });
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

test("what another process did to the file is seen by the next message", async () => {
  await using storage = await roomOfTwo();
  const { say, bob } = storage;
  const other = new Sqlite(storage.file);
  other.prepare("delete from members where user_id = ?").run(bob.id);
  other.close();
  assert.deepEqual(await fates([say()]), ["not_room_member"]);
});

test("a message that is refused leaves nothing, and its neighbours stand where they would without it", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  {
    await using storage = await roomOfTwo({ file });
    const { db, ann, bob, room, say } = storage;
    const { eve } = await makeUsers(db, "eve");
    const clientId = newId.client();
    const missing = { ...toRoom(room, bob, "late"), follows: newId.client() };
    const twice = toRoom(room, bob, "once");
    const announced: number[] = [];
    db.onCommit((entries) => announced.push(...entries.map(({ seq }) => seq)));
    const before = await rows(storage);
    const told = await fates([
      say(ann, "first", clientId),
      say(eve),
      say(ann, "other content", clientId),
      db.write(appendMessageOperation, missing),
      say(ann, "first", clientId),
      db.write(appendAndRefuse, toRoom(room, ann, "taken back")),
      db.write(appendMessageOperation, toUser(newId.user(), ann, "nobody")),
      db.write(appendMessageOperation, twice),
      // Another client id with a message id that is taken: nobody's refusal, but a fault.
      db.write(appendMessageOperation, { ...twice, clientId: newId.client() }),
      db.write(appendMessageOperation, { ...twice, clientId: null }),
      say(bob, "last"),
    ]);
    assert.deepEqual(told, [
      ...["stored", "not_room_member", "id_conflict", "predecessor_missing", "stored"],
      ...["room_full", "user_not_found", "stored", undefined, undefined, "stored"],
    ]);
    assert.equal(await rows(storage), before + 3);
    assert.deepEqual(announced, [7, 8, 9]);
  }
  assert.deepEqual(verifySqlite(file).problems, []);
});

test("a direct message that is refused leaves no conversation behind", async () => {
  await using storage = await roomOfTwo();
  const { db, ann, bob, say } = storage;
  await db.write(blockUserOperation, { blockerId: ann.id, blockedId: bob.id });
  const before = await db.read.$count(db.tables.conversations);
  const send = () => db.write(appendMessageOperation, toUser(ann.id, bob, "hello?"));
  assert.deepEqual(await fates([say(), send(), say()]), ["stored", "user_blocked", "stored"]);
  assert.equal(await db.read.$count(db.tables.conversations), before);
});

test("a retry is told its first answer by somebody who may not write any more", async () => {
  await using storage = await roomOfTwo();
  const { db, ann, bob, room, say } = storage;
  const clientId = newId.client();
  const first = await say(bob, "hello", clientId);
  await db.write(removeMemberOperation, { roomId: room, userId: ann.id, targetId: bob.id });
  const again = await say(bob, "hello", clientId);
  assert.deepEqual(again, { entry: first.entry, repeated: true });
  const told = await fates([say(bob, "goodbye", clientId), say(bob, "hello")]);
  assert.deepEqual(told, ["id_conflict", "not_room_member"]);
});

test("an operation that fails behind its only change ends the process, and stores nothing", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const storage = await roomOfTwo({ file });
  const before = await rows(storage);
  const write = storage.db.write(breakPromise, toRoom(storage.room, storage.bob, "half"));
  assert.equal((await Promise.race([storage.failed, write])).exitCode, 70);
  assert.equal(await rows(storage), before);
  await storage[Symbol.asyncDispose]();
});
