import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { type ServerProcess, startServerProcess } from "../../server/test/server-process.ts";
import { lastOwnMessage } from "../slash/last-own.ts";
import { directKey, roomKey } from "../store/conversation.ts";
import type { ConversationKey } from "../store/state.ts";
import { unreadIn } from "../views/rooms/conversation-list.ts";
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

/** What stands in a conversation, changes and all. */
const shown = (client: TestClient, key: ConversationKey): string[] =>
  client.conversation(key).entries.map((entry) => {
    if (entry.kind === "message") return `${entry.content}${entry.edited ? " (edited)" : ""}`;
    return "author" in entry ? `${entry.kind} ${entry.author}` : entry.kind;
  });

const shows = (client: TestClient, key: ConversationKey, ...lines: string[]) =>
  client.until(lines.join(" | "), ({ conversations }) => {
    const now = conversations.has(key) ? shown(client, key) : [];
    return JSON.stringify(now) === JSON.stringify(lines);
  });

/** A private room of `owner`, with those in it who accepted. */
async function privateRoom(name: string, owner: TestClient, ...guests: TestClient[]) {
  const { actions } = owner.app;
  const made = await actions.createRoom({ name, description: "", isPrivate: true });
  assert.ok(made.ok);
  const id = made.value;
  for (const guest of guests) {
    assert.deepEqual(await actions.inviteToRoom(id, idOf(guest), "come in"), done);
    const { invitations } = await guest.until("invited", (state) => state.invitations.length === 1);
    const [invitation] = invitations;
    assert.ok(invitation);
    assert.deepEqual([invitation.roomName, invitation.message], [name, "come in"]);
    assert.deepEqual(await guest.app.actions.acceptInvitation(invitation.id), {
      ok: true,
      value: id,
    });
    assert.deepEqual(guest.state().invitations, []);
  }
  const key = roomKey(id);
  for (const client of [owner, ...guests]) {
    client.app.actions.openConversation(key);
    // As the screen does while it has room for more.
    assert.deepEqual(await client.app.actions.loadOlder(key), done);
  }
  return { id, key };
}

async function accountFolder() {
  const path = await mkdtemp(join(tmpdir(), "lair-client-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function say(client: TestClient, key: ConversationKey, content: string): Promise<void> {
  assert.deepEqual(client.app.actions.send(key, content), done);
  await client.until(`${content} is stored`, ({ conversations }) =>
    Boolean(
      conversations
        .get(key)
        ?.entries.some((entry) => entry.kind === "message" && entry.content === content),
    ),
  );
}

const ownLast = (client: TestClient) => {
  const message = lastOwnMessage(client.state());
  assert.ok(message);
  return message.id;
};

test("people are invited to a private room, and edits and erasures reach those who were away", async () => {
  await using folder = await accountFolder();
  await using ann = await registered(server, "ann");
  await using bob = await registered(server, "bob");
  const carol = await registered(server, "carol", { accountDir: folder.path });
  const { id, key } = await privateRoom("salon", ann, bob, carol);
  // In a private room the past begins for each with joining.
  const joins = ["join ann", "join bob", "join carol"];
  await shows(carol, key, "join carol");
  await carol[Symbol.asyncDispose]();

  await say(ann, key, "helo");
  assert.deepEqual(await ann.app.actions.editMessage(ownLast(ann), "hello"), done);
  await say(ann, key, "a mistake");
  const mistake = ownLast(ann);
  const foreign = await bob.app.actions.editMessage(mistake, "mine");
  assert.equal(foreign.ok ? "" : foreign.message, "Only its author may edit a message.");
  assert.deepEqual(await ann.app.actions.deleteMessage(mistake), done);
  await say(bob, key, "bye");
  const lines = ["hello (edited)", "deleted", "bye"];
  await shows(ann, key, ...joins, ...lines);
  await shows(bob, key, ...joins.slice(1), ...lines);

  await using back = await testClient(server, { accountDir: folder.path });
  assert.equal(await back.app.start(), "session");
  await back.online();
  assert.equal(unreadIn(back.conversation(key), undefined), 2, "an erased message is no news");
  back.app.actions.openConversation(key);
  await shows(back, key, "join carol", ...lines);

  const change = { name: "library", description: "Books", isPrivate: false };
  assert.deepEqual(await ann.app.actions.updateRoom(id, change), done);
  await back.until("renamed", () => back.conversation(key).title === "library");
  assert.equal(back.conversation(key).description, "Books");
  assert.equal(back.conversation(key).isPrivate, false);
});

test("who keeps order is made, removes, keeps out and lets in again", async () => {
  await using ann = await registered(server, "ann2");
  await using bob = await registered(server, "bob2");
  await using carol = await registered(server, "carol2");
  const { id, key } = await privateRoom("order", ann, bob, carol);

  const refused = await bob.app.actions.kick(id, idOf(carol));
  assert.equal(refused.ok ? "" : refused.message, "You are not allowed to do that.");
  assert.deepEqual(await ann.app.actions.setMemberRole(id, idOf(bob), "moderator"), done);
  await bob.until("bob is a moderator", () => bob.conversation(key).role === "moderator");
  assert.deepEqual(await bob.app.actions.kick(id, idOf(carol)), done);
  await carol.until("carol is out", () => !carol.conversation(key).joined);
  assert.deepEqual(await bob.app.actions.ban(id, idOf(carol), "noise"), done);
  const banned = await bob.app.actions.inviteToRoom(id, idOf(carol), "");
  assert.equal(banned.ok ? "" : banned.message, "This user is banned from the room.");
  assert.deepEqual(await bob.app.actions.unban(id, idOf(carol)), done);
  assert.deepEqual(await bob.app.actions.inviteToRoom(id, idOf(carol), ""), done);
  const { invitations } = await carol.until("invited", (state) => state.invitations.length === 1);
  const [invitation] = invitations;
  assert.ok(invitation);
  assert.deepEqual(await carol.app.actions.declineInvitation(invitation.id), done);
  assert.deepEqual(carol.state().invitations, []);

  assert.deepEqual(await ann.app.actions.transferOwnership(id, idOf(bob)), done);
  await bob.until("bob owns it", () => bob.conversation(key).role === "owner");
  await ann.until("ann does not", () => ann.conversation(key).role === "moderator");
  assert.deepEqual(await bob.app.actions.deleteRoom(id), done);
  assert.equal(bob.state().conversations.has(key), false);
  const { open, notices } = await ann.until("gone", (state) => !state.conversations.has(key));
  assert.equal(open, undefined);
  assert.match(notices.at(-1)?.text ?? "", /#order was deleted/);
});

test("who is blocked cannot write directly, until the block is taken back", async () => {
  await using ann = await registered(server, "ann3");
  await using bob = await registered(server, "bob3");
  assert.deepEqual(await ann.app.actions.blockUser(idOf(bob)), done);
  const key = directKey(idOf(ann));
  bob.app.actions.openDirect(idOf(ann), "ann3");
  assert.deepEqual(bob.app.actions.send(key, "psst"), done);
  const isRefused = () => bob.conversation(key).outgoing[0]?.status.state === "failed";
  await bob.until("refused", isRefused);
  assert.deepEqual(await ann.app.actions.unblockUser(idOf(bob)), done);
  const clientId = bob.conversation(key).outgoing[0]?.clientId;
  assert.ok(clientId);
  bob.app.actions.retry(key, clientId);
  await shows(bob, key, "psst");
});

test("what was read at one machine is read at the other", async () => {
  await using ann = await registered(server, "ann4");
  await using bob = await registered(server, "bob4");
  await using other = await testClient(server);
  const { key } = await privateRoom("desk", ann, bob);
  assert.deepEqual(await other.app.actions.signIn({ username: "bob4", password }), done);
  await other.online();
  await say(ann, key, "one");
  await say(ann, key, "two");
  await bob.until("both are there", () => bob.conversation(key).readSeq === 4);
  await other.until("read there too", ({ conversations }) => {
    const conversation = conversations.get(key);
    return conversation?.readSeq === 4 && unreadIn(conversation, undefined) === 0;
  });
});

test("a changed password is the one that counts, and only who knows the old one changes it", async () => {
  await using ann = await registered(server, "ann5");
  const { changePassword } = ann.app.actions;
  const wrong = await changePassword("not the password", "another horse battery");
  assert.equal(wrong.ok ? "" : wrong.message, "The current password is wrong.");
  assert.deepEqual(await changePassword(password, "another horse battery"), done);
  await using again = await testClient(server);
  const credentials = { username: "ann5", password: "another horse battery" };
  assert.deepEqual(await again.app.actions.signIn(credentials), done);
});

test("what only admins may do is refused to others in plain words", async () => {
  await using ann = await registered(server, "ann6");
  const { stats, sendNotice, setUserRole } = ann.app.actions;
  for (const outcome of [
    await stats(),
    await sendNotice("hi"),
    await setUserRole(idOf(ann), "admin"),
  ]) {
    assert.equal(outcome.ok ? "" : outcome.message, "You are not allowed to do that.");
  }
});
