import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@lair-chat/protocol/limits.ts";
import { makeRoom, makeUsers, openTestStorage } from "../../test/storage-fixture.ts";
import { deleteRoomOperation } from "../rooms/room-administration-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import { blockUserOperation, unblockUserOperation } from "../users/block-store.ts";
import { readUserLog, userEntriesAfter, userLogHead } from "./user-log-store.ts";

test("a user's own log is dense, in the order of the commits, and each user's apart", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const block = { blockerId: ann.id, blockedId: bob.id };
  await Promise.all([
    db.write(blockUserOperation, block),
    db.write(unblockUserOperation, block),
    db.write(blockUserOperation, block),
  ]);
  const { entries, head, startsAt } = await readUserLog(db, ann.id, { after: 0, limit: 10 });
  assert.deepEqual(
    entries.map(({ seq, event }) => [seq, event.type === "block_changed" && event.blocked]),
    [
      [1, true],
      [2, false],
      [3, true],
    ],
  );
  assert.deepEqual([head, startsAt], [3, 1]);
  assert.equal(await userLogHead(db, bob.id), 0);
});

test("what is refused, and what changes nothing, takes no place in the log", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const block = { blockerId: ann.id, blockedId: bob.id };
  await db.write(blockUserOperation, block);
  await db.write(blockUserOperation, block);
  await assert.rejects(db.write(blockUserOperation, { ...block, blockedId: ann.id }));
  const room = await makeRoom(db, ann);
  await assert.rejects(db.write(joinRoomOperation, { roomId: room, userId: ann.id }));
  const { entries, head } = await readUserLog(db, ann.id, { after: 0, limit: 10 });
  assert.deepEqual(
    entries.map(({ event }) => event.type),
    ["block_changed", "user_joined_room"],
  );
  assert.equal(head, 2);
});

test("only the newest entries are kept, and the log says where it starts", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const block = { blockerId: ann.id, blockedId: bob.id };
  const count = limits.userLogEntries + 50;
  const turns = Array.from({ length: count }, (_, turn) =>
    db.write(turn % 2 === 0 ? blockUserOperation : unblockUserOperation, block),
  );
  await Promise.all(turns);
  const { entries, head, startsAt } = await readUserLog(db, ann.id, { after: 10, limit: 5 });
  assert.deepEqual([head, startsAt], [count, 51]);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    [51, 52, 53, 54, 55],
  );
  const all = await userEntriesAfter(db, ann.id, { after: 0, limit: 5_000 });
  assert.equal(all.length, limits.userLogEntries);
});

test("the end of a room is in the log of each of its many members, and of nobody else", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const names = Array.from({ length: 450 }, (_, index) => `user${index}`);
  const users = Object.values(await makeUsers(db, "ann", "eve", ...names));
  const [ann, eve, ...others] = users;
  assert.ok(ann !== undefined && eve !== undefined);
  const roomId = await makeRoom(db, ann);
  await Promise.all(others.map(({ id }) => db.write(joinRoomOperation, { roomId, userId: id })));
  const [gone, ...members] = others;
  assert.ok(gone !== undefined);
  await db.write(leaveRoomOperation, { roomId, userId: gone.id });
  await db.write(deleteRoomOperation, { roomId, userId: ann.id, right: "room.delete" });
  for (const { id } of [ann, ...members]) {
    const entries = await userEntriesAfter(db, id, { after: 0, limit: 5 });
    assert.deepEqual(
      entries.map(({ seq, event }) => [seq, event.type]),
      [
        [1, "user_joined_room"],
        [2, "room_deleted"],
      ],
    );
  }
  const left = await userEntriesAfter(db, gone.id, { after: 0, limit: 5 });
  assert.deepEqual(
    left.map(({ event }) => event.type),
    ["user_joined_room", "user_left_room"],
  );
  assert.equal(await userLogHead(db, eve.id), 0);
});
