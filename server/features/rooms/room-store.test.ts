import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Database } from "../../storage/database.ts";
import { conversationOfRoom, type LogEntry } from "../../storage/log-entry.ts";
import { makeRoom, makeUsers, newId, openTestStorage } from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { roleIn } from "../conversations/conversation-store.ts";
import { toEvent } from "../conversations/log-rules.ts";
import { readLog } from "../conversations/log-store.ts";
import { updateRoomOperation } from "./room-administration-store.ts";
import { listMembers, listRooms, type RoomFilter } from "./room-list-store.ts";
import { roomNameKey } from "./room-rules.ts";
import { findRoom, joinRoomOperation, leaveRoomOperation } from "./room-store.ts";

const join = (db: Database, roomId: RoomId, user: TestUser) =>
  db.write(joinRoomOperation, { roomId, userId: user.id });
const leave = (db: Database, roomId: RoomId, user: TestUser) =>
  db.write(leaveRoomOperation, { roomId, userId: user.id });

test("who makes a room is its owner and the first entry of its log", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const announced: LogEntry[] = [];
  db.onCommit((entries) => announced.push(...entries));
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann, { name: "Den" });
  assert.equal(await roleIn(db, conversationOfRoom(room), ann.id), "owner");
  const row = await findRoom(db, room);
  assert.deepEqual([row?.name, row?.ownerId, row?.memberCount], ["Den", ann.id, 1]);
  const [entry] = announced;
  assert(entry !== undefined && announced.length === 1);
  const event = toEvent(entry);
  assert(event.type === "user_joined_room");
  assert.deepEqual(
    [event.room_id, event.seq, event.user.id, event.user.username, event.membership.role],
    [room, 1, ann.id, "ann", "owner"],
  );
});

test("a room's name is taken in every spelling of it", async () => {
  await using storage = await openTestStorage();
  const { ann } = await makeUsers(storage.db, "ann");
  await makeRoom(storage.db, ann, { name: "Straße Ångström" });
  for (const name of ["Straße Ångström", "STRASSE ÅNGSTRÖM", "straße a\u030angstro\u0308m"]) {
    await assert.rejects(makeRoom(storage.db, ann, { name }), { code: "room_name_taken" });
  }
  assert.equal(await storage.db.read.$count(storage.db.tables.rooms), 1);
  assert.equal(await storage.db.read.$count(storage.db.tables.conversations), 1);
});

test("the name of a private room is nobody's business: it is taken for no other room", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const hidden = await makeRoom(db, ann, { name: "Den", isPrivate: true });
  const shown = await makeRoom(db, bob, { name: "DEN" });
  const other = await makeRoom(db, bob, { name: "den", isPrivate: true });
  const open = (roomId: RoomId, { id: userId }: TestUser, isPrivate: boolean) =>
    db.write(updateRoomOperation, { roomId, userId, wanted: { isPrivate } });
  await assert.rejects(open(hidden, ann, false), { code: "room_name_taken" });
  await open(shown, bob, true);
  const both = await Promise.allSettled([open(hidden, ann, false), open(other, bob, false)]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
});

test("joining and leaving is refused where it makes no sense", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const open = await makeRoom(db, ann);
  const hidden = await makeRoom(db, ann, { isPrivate: true });
  const missing = newId.room();
  await assert.rejects(join(db, missing, bob), { code: "room_not_found" });
  await assert.rejects(join(db, hidden, bob), { code: "room_not_found" });
  await assert.rejects(join(db, open, ann), { code: "already_member" });
  await assert.rejects(join(db, hidden, ann), { code: "already_member" });
  await assert.rejects(leave(db, missing, bob), { code: "room_not_found" });
  await assert.rejects(leave(db, hidden, bob), { code: "room_not_found" });
  await assert.rejects(leave(db, open, bob), { code: "not_room_member" });
});

test("a room holds no more members than it may, however many join at once", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const names = Array.from({ length: 10 }, (_, index) => `user${index}`);
  const users = Object.values(await makeUsers(db, "ann", ...names));
  const [ann, ...others] = users;
  assert(ann !== undefined);
  const room = await makeRoom(db, ann, { maxMembers: 4 });
  const results = await Promise.allSettled(others.map((user) => join(db, room, user)));
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 7);
  assert(refused.every(({ reason }) => reason.code === "room_full"));
  assert.equal((await findRoom(db, room))?.memberCount, 4);
  assert.equal((await listMembers(db, room, { limit: 50, offset: 0 })).total, 4);
});

test("somebody who leaves is gone, and the log says so", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await join(db, room, bob);
  const { seq } = await leave(db, room, bob);
  assert.equal(await roleIn(db, conversationOfRoom(room), bob.id), undefined);
  assert.equal((await findRoom(db, room))?.memberCount, 1);
  const log = await readLog(db, { conversationId: conversationOfRoom(room), limit: 10 });
  assert.deepEqual(
    log.entries.map((entry) => toEvent(entry).type),
    ["user_joined_room", "user_joined_room", "user_left_room"],
  );
  const event = toEvent(log.entries[2] as LogEntry);
  assert(event.type === "user_left_room");
  assert.deepEqual(
    [event.seq, event.user_id, event.username, event.reason],
    [seq, bob.id, "bob", "left"],
  );
});

test("the only owner stays while others do, and may leave as the last", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await join(db, room, bob);
  await assert.rejects(leave(db, room, ann), { code: "last_owner" });
  await leave(db, room, bob);
  await leave(db, room, ann);
  assert.equal((await findRoom(db, room))?.memberCount, 0);
});

test("a public room that everybody has left is the next one's who joins it", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, cid } = await makeUsers(db, "ann", "bob", "cid");
  const room = await makeRoom(db, ann, { name: "Den" });
  await leave(db, room, ann);
  const bobs = await join(db, room, bob);
  const cids = await join(db, room, cid);
  assert.deepEqual([bobs.membership.role, bobs.room.ownerId, bobs.seq], ["owner", bob.id, 3]);
  assert.deepEqual([cids.membership.role, cids.room.ownerId], ["member", bob.id]);
});

test("a private room that everybody has left stays closed", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann, { isPrivate: true });
  await leave(db, room, ann);
  await assert.rejects(join(db, room, ann), { code: "room_not_found" });
});

test("the list shows public rooms and one's own private ones, by name", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  await makeRoom(db, ann, { name: "beta" });
  await makeRoom(db, ann, { name: "Alpha" });
  await makeRoom(db, ann, { name: "hers", isPrivate: true });
  await makeRoom(db, bob, { name: "his", isPrivate: true });
  const gamma = await makeRoom(db, ann, { name: "Gamma" });
  await join(db, gamma, bob);
  const list = async (filter: Partial<RoomFilter>, page = { limit: 10, offset: 0 }) => {
    const { rooms, total } = await listRooms(db, { userId: bob.id, ...filter, ...page });
    return [rooms.map(({ room, role }) => (role === null ? room.name : `${room.name}*`)), total];
  };
  assert.deepEqual(await list({}), [["Alpha", "beta", "Gamma*", "his*"], 4]);
  assert.deepEqual(await list({ joinedOnly: true }), [["Gamma*", "his*"], 2]);
  assert.deepEqual(await list({ publicOnly: true }), [["Alpha", "beta", "Gamma*"], 3]);
  assert.deepEqual(await list({ publicOnly: true, joinedOnly: true }), [["Gamma*"], 1]);
  assert.deepEqual(await list({}, { limit: 2, offset: 1 }), [["beta", "Gamma*"], 4]);
  assert.deepEqual(await list({}, { limit: 2, offset: 4 }), [[], 4]);
  assert.deepEqual(await list({ search: "HERS" }), [[], 0]);
});

test("a search finds a part of a name without case, and takes no pattern", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const names = ["100% pure", "100 percent", "under_score", "underscore", "back\\slash", "Ärger"];
  for (const name of names) await makeRoom(db, ann, { name });
  const found = async (search: string) => {
    const { rooms } = await listRooms(db, { userId: ann.id, search, limit: 10, offset: 0 });
    return rooms.map(({ room }) => room.name);
  };
  assert.deepEqual(await found("100"), ["100 percent", "100% pure"]);
  assert.deepEqual(await found("0%"), ["100% pure"]);
  assert.deepEqual(await found("UNDER_"), ["under_score"]);
  assert.deepEqual(await found("\\"), ["back\\slash"]);
  assert.deepEqual(await found("ärG"), ["Ärger"]);
  assert.deepEqual(await found("' or 1=1 --"), []);
});

test("members are listed by role and name, in pages", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const users = await makeUsers(db, "Zoe", "bob", "Ann", "cid");
  const room = await makeRoom(db, users.Zoe);
  for (const user of [users.cid, users.Ann, users.bob]) await join(db, room, user);
  const all = await listMembers(db, room, { limit: 10, offset: 0 });
  assert.deepEqual(
    all.members.map(({ username, role }) => [username, role]),
    [
      ["Zoe", "owner"],
      ["Ann", "member"],
      ["bob", "member"],
      ["cid", "member"],
    ],
  );
  const page = await listMembers(db, room, { limit: 2, offset: 2 });
  assert.deepEqual([page.members.map(({ username }) => username), page.total], [["bob", "cid"], 4]);
});

test("a name's key is the same for what looks the same", () => {
  assert.equal(roomNameKey("ＡＢＣ"), roomNameKey("abc"));
  assert.equal(roomNameKey("e\u0301"), roomNameKey("É"));
  assert.notEqual(roomNameKey("a b"), roomNameKey("ab"));
});
