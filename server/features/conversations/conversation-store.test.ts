import assert from "node:assert/strict";
import { test } from "node:test";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import {
  makeRoom,
  makeUsers,
  newId,
  openTestStorage,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import {
  conversationIdsOf,
  directConversation,
  listConversations,
  memberIdsOf,
  roleIn,
  sharingWith,
} from "./conversation-store.ts";

test("members have roles, and others have none", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, eve } = await makeUsers(db, "ann", "bob", "eve");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const id = conversationOfRoom(room);
  assert.equal(await roleIn(db, id, ann.id), "owner");
  assert.equal(await roleIn(db, id, bob.id), "member");
  assert.equal(await roleIn(db, id, eve.id), undefined);
  assert.equal(await roleIn(db, newId.conversation(), ann.id), undefined);
  assert.deepEqual(new Set(await memberIdsOf(db, id)), new Set([ann.id, bob.id]));
});

test("two users have one direct conversation, whoever writes first and however often at once", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  assert.equal(await directConversation(db, ann.id, bob.id), undefined);
  const sent = await Promise.all([
    ...Array.from({ length: 20 }, (_, n) =>
      db.write(appendMessageOperation, toUser(bob.id, ann, `a${n}`)),
    ),
    ...Array.from({ length: 20 }, (_, n) =>
      db.write(appendMessageOperation, toUser(ann.id, bob, `b${n}`)),
    ),
  ]);
  const ids = new Set(sent.map(({ entry }) => entry.conversationId));
  assert.equal(ids.size, 1);
  const [id] = ids;
  assert.equal(await directConversation(db, ann.id, bob.id), id);
  assert.equal(await directConversation(db, bob.id, ann.id), id);
  assert.deepEqual(
    sent.map(({ entry }) => entry.seq),
    sent.map((_, index) => index + 1),
  );
  assert.deepEqual(await conversationIdsOf(db, ann.id), [id]);
});

test("a user's conversations are listed by id with what a client needs to catch up", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, eve } = await makeUsers(db, "ann", "bob", "eve");
  const open = await makeRoom(db, ann, { name: "Open" });
  const hidden = await makeRoom(db, bob, { name: "Hidden", isPrivate: true });
  const elsewhere = await makeRoom(db, eve, { name: "Elsewhere" });
  await db.write(joinRoomOperation, { roomId: open, userId: bob.id });
  await db.write(appendMessageOperation, toRoom(open, ann, "hello"));
  await db.write(appendMessageOperation, toUser(bob.id, eve, "psst"));
  await db.write(appendMessageOperation, toRoom(elsewhere, eve, "nobody"));
  const { conversations, hasMore } = await listConversations(db, bob.id, { limit: 10 });
  assert.equal(hasMore, false);
  const shown = conversations.map((one) =>
    one.kind === "room"
      ? [one.room.name, one.role, one.room.memberCount, one.head]
      : [one.peer.username, one.peer.id, one.head],
  );
  assert.deepEqual(shown, [
    ["Open", "member", 2, 3],
    ["Hidden", "owner", 1, 1],
    ["eve", eve.id, 1],
  ]);
  assert.equal(conversations[1]?.id, conversationOfRoom(hidden));
});

test("a long list of conversations comes in pages that overlap nowhere and end", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const made = await Promise.all(Array.from({ length: 7 }, () => makeRoom(db, ann)));
  const seen: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 4; pages += 1) {
    const page = await listConversations(db, ann.id, { after, limit: 2 });
    seen.push(...page.conversations.map((one) => one.id));
    after = seen.at(-1);
    assert.equal(page.hasMore, pages < 3);
  }
  assert.deepEqual(seen, [...made].sort());
});

test("who shares a conversation is told of rooms and direct conversations, and until one leaves", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob, cid, eve } = await makeUsers(db, "ann", "bob", "cid", "eve");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  await db.write(appendMessageOperation, toUser(cid.id, ann, "hi"));
  const everybody = [bob.id, cid.id, eve.id, newId.user()];
  assert.deepEqual(await sharingWith(db, ann.id, everybody), new Set([bob.id, cid.id]));
  assert.deepEqual(await sharingWith(db, bob.id, [cid.id, eve.id]), new Set());
  await db.write(leaveRoomOperation, { roomId: room, userId: bob.id });
  assert.deepEqual(await sharingWith(db, ann.id, everybody), new Set([cid.id]));
  assert.deepEqual(await sharingWith(db, ann.id, []), new Set());
});

test("who shares a conversation is found among more than one query asks for", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  await db.write(appendMessageOperation, toUser(bob.id, ann, "hi"));
  const strangers = Array.from({ length: 1200 }, () => newId.user());
  assert.deepEqual(await sharingWith(db, ann.id, [...strangers, bob.id]), new Set([bob.id]));
});
