import assert from "node:assert/strict";
import { test } from "node:test";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import {
  makeRoom,
  makeUsers,
  openTestStorage,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import { headOf } from "./log-store.ts";
import { allHeads, chainAt, headsBehind, locate } from "./resume-store.ts";

test("the heads of a user are those of all conversations he is in, each as he calls it", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, eve } = await makeUsers(db, "ann", "bob", "eve");
  const room = await makeRoom(db, ann);
  await makeRoom(db, eve);
  await db.write(appendMessageOperation, toRoom(room, ann, "hi"));
  await db.write(appendMessageOperation, toUser(bob.id, ann, "psst"));
  const heads = await allHeads(db, ann.id);
  assert.deepEqual(
    new Set(heads.map(({ target, seq }) => JSON.stringify([target, seq]))),
    new Set([
      JSON.stringify([{ type: "room", room_id: room }, 2]),
      JSON.stringify([{ type: "dm", recipient: bob.id }, 1]),
    ]),
  );
  for (const { conversationId, seq, chain } of heads) {
    assert.deepEqual({ seq, chain }, await headOf(db, conversationId));
    assert.deepEqual(chain, await chainAt(db, conversationId, seq));
  }
  const [bobs] = await allHeads(db, bob.id);
  assert.deepEqual(bobs?.target, { type: "dm", recipient: ann.id });
});

test("heads come in pages by id, and the last page says that it is the last", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const rooms = await Promise.all(Array.from({ length: 7 }, () => makeRoom(db, ann)));
  const seen: string[] = [];
  const pages: boolean[] = [];
  for (let after = "", hasMore = true; hasMore; after = seen.at(-1) ?? "") {
    const page = await headsBehind(db, ann.id, { after, limit: 3 });
    seen.push(...page.heads.map(({ conversationId }) => conversationId));
    hasMore = page.hasMore;
    pages.push(hasMore);
  }
  assert.deepEqual(seen, rooms.map(conversationOfRoom).sort());
  assert.deepEqual(pages, [true, true, false]);
});

test("a place with no entry has no chain, and a room one is not in is gone", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  assert.equal(await chainAt(db, conversationOfRoom(room), 99), null);
  assert.equal(await locate(db, bob.id, { type: "room", room_id: room }), "gone");
  assert.equal(await locate(db, bob.id, { type: "dm", recipient: bob.id }), "gone");
  assert.equal(await locate(db, bob.id, { type: "dm", recipient: ann.id }), "empty");
});
