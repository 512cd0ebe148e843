import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Params } from "@lair-chat/protocol/registry.ts";
import { v7 } from "uuid";
import type { Session } from "../../commands/handler.ts";
import { type Accounts, callAs, openAccounts } from "../../test/account-fixture.ts";
import { createRoomOperation, joinRoomOperation } from "../rooms/room-store.ts";

async function people<N extends string>(accounts: Accounts, ...names: readonly N[]) {
  const made = {} as Record<N, Session>;
  for (const name of names) {
    made[name] = (await accounts.register(name, { email: `${name}@example.org` })).session;
  }
  return made;
}

async function share(accounts: Accounts, owner: Session, guest: Session): Promise<void> {
  const roomId = v7() as string as RoomId;
  await accounts.db.write(createRoomOperation, {
    roomId,
    ownerId: owner.userId,
    name: `room ${roomId}`,
    description: null,
    isPrivate: false,
    maxMembers: null,
  });
  await accounts.db.write(joinRoomOperation, { roomId, userId: guest.userId });
}

async function list(accounts: Accounts, session: Session, params: Params<"list_users"> = {}) {
  const page = await accounts.users.list_users(callAs(session), params);
  return { ...page, names: page.users.map((user) => user.username) };
}

test("people see themselves whole", async () => {
  await using accounts = await openAccounts();
  const { ann } = await people(accounts, "ann");
  const { user } = await accounts.users.get_current_user(callAs(ann), {});
  assert.equal(user.email, "ann@example.org");
  assert.notEqual(user.last_seen_at, null);
});

test("users are listed by name, page by page, with the true number", async () => {
  await using accounts = await openAccounts();
  const { ann } = await people(accounts, "Zoe", "ann", "Bob", "cat");
  const first = await list(accounts, ann, { limit: 2 });
  assert.deepEqual(first.names, ["ann", "Bob"]);
  assert.equal(first.total_count, 4);
  assert.equal(first.has_more, true);
  const second = await list(accounts, ann, { limit: 2, offset: 2 });
  assert.deepEqual(second.names, ["cat", "Zoe"]);
  assert.equal(second.has_more, false);
  const beyond = await list(accounts, ann, { limit: 2, offset: 100 });
  assert.deepEqual(beyond.names, []);
  assert.equal(beyond.has_more, false);
  assert.equal(beyond.total_count, 4);
});

test("the list gives nobody's e-mail address away", async () => {
  await using accounts = await openAccounts();
  const { ann } = await people(accounts, "ann", "bob");
  const { users } = await list(accounts, ann);
  assert.deepEqual(
    users.map((user) => user.email),
    ["ann@example.org", ""],
  );
});

test("a search finds parts of names without case and takes % and _ as they are", async () => {
  await using accounts = await openAccounts();
  const { ann } = await people(accounts, "ann", "Joanne", "bob", "a_b");
  const found = async (search: string) => (await list(accounts, ann, { filter: { search } })).names;
  assert.deepEqual(await found("ANN"), ["ann", "Joanne"]);
  assert.deepEqual(await found("_"), ["a_b"]);
  assert.deepEqual(await found("%"), []);
  assert.deepEqual(await found("\\"), []);
  assert.deepEqual(await found("'"), []);
  assert.deepEqual(await found(""), ["a_b", "ann", "bob", "Joanne"]);
});

test("only who shares a conversation is seen online", async () => {
  await using accounts = await openAccounts();
  const { ann, bob, cat, dan } = await people(accounts, "ann", "bob", "cat", "dan");
  await share(accounts, ann, bob);
  await share(accounts, cat, dan);
  for (const one of [ann, bob, cat, dan]) accounts.online.add(one.userId);
  const all = await list(accounts, ann);
  assert.deepEqual(all.names, ["ann", "bob", "cat", "dan"]);
  assert.deepEqual(all.online_user_ids, [ann.userId, bob.userId]);
  const online = await list(accounts, ann, { filter: { online_only: true } });
  assert.deepEqual(online.names, ["ann", "bob"]);
  assert.equal(online.total_count, 2);
  const searched = await list(accounts, ann, {
    filter: { online_only: true, search: "BO" },
    limit: 1,
  });
  assert.deepEqual(searched.names, ["bob"]);
  const paged = await list(accounts, ann, { filter: { online_only: true }, limit: 1 });
  assert.deepEqual(paged.names, ["ann"]);
  assert.equal(paged.has_more, true);
});

test("somebody who went away is not online", async () => {
  await using accounts = await openAccounts();
  const { ann, bob } = await people(accounts, "ann", "bob");
  await share(accounts, ann, bob);
  assert.deepEqual((await list(accounts, ann)).online_user_ids, []);
});

test("one user is found by id in either case, online only where a conversation is shared", async () => {
  await using accounts = await openAccounts();
  const { ann, bob, cat } = await people(accounts, "ann", "bob", "cat");
  await share(accounts, ann, bob);
  accounts.online.add(bob.userId).add(cat.userId);
  const get = async (user_id: UserId) => accounts.users.get_user(callAs(ann), { user_id });
  const found = await get(bob.userId.toUpperCase() as UserId);
  assert.equal(found.user.username, "bob");
  assert.equal(found.user.email, "");
  assert.equal(found.online, true);
  assert.equal((await get(cat.userId)).online, false);
  await assert.rejects(
    get(v7() as string as UserId),
    (error: ChatError) => error.code === "user_not_found",
  );
});
