import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { type ServerProcess, startServerProcess } from "../../server/test/server-process.ts";
import { lastOwnMessage } from "../slash/last-own.ts";
import { roomKey } from "../store/conversation.ts";
import { password, registered, type TestClient, testClient } from "./client-fixture.ts";

let server: ServerProcess;
before(async () => {
  server = await startServerProcess();
});
after(() => server[Symbol.asyncDispose]());

const done = { ok: true, value: undefined };
const idOf = (client: TestClient): UserId => {
  const { me } = client.state();
  assert.ok(me);
  return me.id;
};

/** What it came to; fails with what went wrong. */
function value<T>(outcome: { ok: true; value: T } | { ok: false; message: string }): T {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

/** The first administrator, by the token that the server printed. */
async function administrator(): Promise<TestClient> {
  const [, setupToken = ""] = /becomes the first:\s+(\S+)/.exec(server.output()) ?? [];
  const client = await testClient(server);
  const account = { username: "olga", password, email: "olga@example.org", setupToken };
  value(await client.app.actions.register(account));
  await client.online();
  return client;
}

async function room(owner: TestClient, name: string, ...guests: TestClient[]) {
  const id = value(await owner.app.actions.createRoom({ name, description: "", isPrivate: false }));
  const key = roomKey(id);
  for (const guest of guests) value(await guest.app.actions.joinRoom(id));
  for (const client of [owner, ...guests]) client.app.actions.openConversation(key);
  return { id, key };
}

test("an admin sees, bans, lets in again and deletes, and everybody reads the notice", async () => {
  await using olga = await administrator();
  await using bob = await registered(server, "bob");
  const { actions } = olga.app;

  const found = value(await actions.listUsers("bo", 0));
  assert.deepEqual([found.total, found.items[0]?.username], [1, "bob"]);
  assert.equal(value(await actions.stats()).users.total, 2);
  assert.equal(value(await actions.sendNotice("Down at noon", "critical")), 2);
  const { notices } = await bob.until("told", (state) => state.notices.length > 0);
  assert.deepEqual([notices[0]?.text, notices[0]?.severity], ["Down at noon", "error"]);

  const wanted = { uses: 2, hours: undefined, note: "the choir" };
  const { token, invite } = value(await actions.createServerInvite(wanted));
  assert.ok(token.length > 20);
  assert.deepEqual(await actions.revokeServerInvite(invite.id), done);
  const [made] = value(await actions.listServerInvites(0)).items;
  assert.deepEqual(
    [made?.note, made?.max_uses, made?.revoked_at === null],
    ["the choir", 2, false],
  );

  const { id, key } = await room(bob, "attic");
  const [listed] = value(await actions.listRooms("att", 0)).items;
  assert.deepEqual([listed?.room.id, listed?.is_member, listed?.member_count], [id, false, 1]);
  assert.deepEqual(await actions.deleteAnyRoom(id, "spam"), done);
  const gone = await bob.until("the room is gone", (state) => !state.conversations.has(key));
  assert.match(gone.notices.at(-1)?.text ?? "", /#attic was deleted \(spam\)/);

  assert.deepEqual(await actions.banUser(idOf(bob), "spam", 48), done);
  await bob.until("thrown out", ({ link }) => link.state !== "online");
  await using again = await testClient(server);
  const refused = await again.app.actions.signIn({ username: "bob", password });
  assert.match(refused.ok ? "" : refused.message, /banned/);
  assert.deepEqual(await actions.unbanUser(idOf(bob)), done);
  assert.deepEqual(await again.app.actions.signIn({ username: "bob", password }), done);
});

test("all settings of a room are changed, seen by its members, and read again", async () => {
  await using ann = await registered(server, "ann2");
  await using bob = await registered(server, "bob2");
  const { id, key } = await room(ann, "settings", bob);
  const settings = {
    max_members: 3,
    moderated: true,
    join_role: "moderator",
    history: "joined",
  } as const;
  assert.deepEqual(await ann.app.actions.updateRoom(id, { isPrivate: true, settings }), done);
  const isThere = () => bob.conversation(key).settings?.max_members === 3;
  await bob.until("the settings have come", isThere);
  const seen = bob.conversation(key);
  assert.equal(seen.isPrivate, true);
  for (const [name, wanted] of Object.entries(settings)) {
    assert.equal(Reflect.get(seen.settings ?? {}, name), wanted, name);
  }
  const { name, settings: kept } = value(await bob.app.actions.getRoom(id));
  assert.deepEqual([name, kept.moderated, kept.history], ["settings", true, "joined"]);
  const foreign = await bob.app.actions.updateRoom(id, { settings: { moderated: false } });
  assert.equal(foreign.ok ? "" : foreign.message, "You are not allowed to do that.");
});

test("bans, blocks and invitations that were sent are listed, and taken back from there", async () => {
  await using ann = await registered(server, "ann3");
  await using bob = await registered(server, "bob3");
  const { id } = await room(ann, "lists", bob);
  const { actions } = ann.app;

  assert.deepEqual(await actions.ban(id, idOf(bob), "noise"), done);
  const bans = value(await actions.listBans(id, 0));
  assert.deepEqual(
    [bans.total, bans.items[0]?.username, bans.items[0]?.reason],
    [1, "bob3", "noise"],
  );
  assert.deepEqual(await actions.unban(id, idOf(bob)), done);
  assert.equal(value(await actions.listBans(id, 0)).total, 0);

  assert.deepEqual(await actions.blockUser(idOf(bob)), done);
  const blocked = value(await actions.listBlocked(0));
  assert.deepEqual(
    blocked.items.map(({ username }) => username),
    ["bob3"],
  );
  assert.deepEqual(await actions.unblockUser(idOf(bob)), done);
  assert.equal(value(await actions.listBlocked(0)).total, 0);

  assert.deepEqual(await actions.inviteToRoom(id, idOf(bob), "come"), done);
  await bob.until("invited", (state) => state.invitations.length === 1);
  const [sent] = value(await actions.listSentInvitations(0)).items;
  assert.deepEqual([sent?.invitee_name, sent?.status], ["bob3", "pending"]);
  assert.ok(sent);
  assert.deepEqual(await actions.cancelInvitation(sent.id), done);
  await bob.until("the invitation is gone", (state) => state.invitations.length === 0);
});

test("the e-mail address is one's own, and changes only with the password", async () => {
  await using ann = await registered(server, "ann4");
  const { actions } = ann.app;
  assert.equal(value(await actions.profile()).email, "");
  const wrong = await actions.updateEmail("ann@example.org", "not the password");
  assert.equal(wrong.ok ? "" : wrong.message, "The current password is wrong.");
  assert.deepEqual(await actions.updateEmail("ann@example.org", password), done);
  assert.equal(value(await actions.profile()).email, "ann@example.org");
  assert.deepEqual(await actions.updateEmail("", password), done);
  assert.equal(value(await actions.profile()).email, "");
});

test("who erased a message is known by name, also to one who has never met them", async () => {
  await using ann = await registered(server, "ann5");
  await using bob = await registered(server, "bob5");
  const { id, key } = await room(ann, "erased", bob);
  assert.deepEqual(bob.app.actions.send(key, "oops"), done);
  await ann.until("it has come", () => ann.lines(key).includes("bob5: oops"));
  const message = ann.conversation(key).entries.findLast(({ kind }) => kind === "message");
  assert.ok(message?.kind === "message");
  assert.deepEqual(await ann.app.actions.deleteMessage(message.id), done);
  await bob.until("it is gone", () => lastOwnMessage(bob.state()) === undefined);
  assert.deepEqual(await ann.app.actions.transferOwnership(id, idOf(bob)), done);
  assert.deepEqual(await ann.app.actions.leaveRoom(id), done);

  await using carol = await registered(server, "carol5");
  value(await carol.app.actions.joinRoom(id));
  carol.app.actions.openConversation(key);
  const state = await carol.until("the name is known", ({ people }) => people.has(idOf(ann)));
  assert.equal(state.people.get(idOf(ann))?.username, "ann5");
  const erased = carol.conversation(key).entries.find(({ kind }) => kind === "deleted");
  assert.ok(erased?.kind === "deleted");
  assert.deepEqual([erased.deletedBy, erased.authorId], [idOf(ann), idOf(bob)]);
});
