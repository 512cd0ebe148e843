import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { type ServerProcess, startServerProcess } from "../../server/test/server-process.ts";
import { directKey, roomKey } from "../store/conversation.ts";
import type { ConversationKey } from "../store/state.ts";
import { password, registered, type TestClient, testClient } from "./client-fixture.ts";

let server: ServerProcess;
before(async () => {
  server = await startServerProcess();
});
after(() => server[Symbol.asyncDispose]());

const idOf = (client: TestClient): UserId => {
  const { me } = client.state();
  assert.ok(me);
  return me.id;
};

/** A public room of `owner`, with everybody in it and looking at it. */
async function room(name: string, owner: TestClient, ...guests: TestClient[]) {
  const made = await owner.app.actions.createRoom({ name, description: "", isPrivate: false });
  assert.ok(made.ok);
  const id: RoomId = made.value;
  for (const guest of guests) assert.deepEqual(await guest.app.actions.joinRoom(id), ok);
  const key = roomKey(id);
  for (const client of [owner, ...guests]) client.app.actions.openConversation(key);
  return { id, key };
}

const ok = { ok: true, value: undefined };
const shows = (client: TestClient, key: ConversationKey, ...lines: string[]) =>
  client.until(lines.join(" | "), ({ conversations }) => {
    const shown = conversations.has(key) ? client.lines(key) : [];
    return JSON.stringify(shown) === JSON.stringify(lines);
  });

test("two people meet in a room and talk both ways", async () => {
  await using ann = await registered(server, "ann");
  await using bob = await registered(server, "bob");
  const { key } = await room("lobby", ann, bob);

  assert.deepEqual(ann.app.actions.send(key, "hello"), ok);
  await shows(bob, key, "ann: hello");
  assert.deepEqual(bob.app.actions.send(key, "hi, ann \u{1f44b}"), ok);
  for (const client of [ann, bob]) await shows(client, key, "ann: hello", "bob: hi, ann \u{1f44b}");

  const kinds = () => ann.conversation(key).entries.map(({ kind }) => kind);
  await ann.until("all of the conversation", () => {
    // As the screen does while it has room for more: bob may have come before ann looked.
    if (kinds().length < 4) void ann.app.actions.loadOlder(key);
    const { readSeq, head, memberCount } = ann.conversation(key);
    return kinds().length === 4 && readSeq === 4 && head === 4 && memberCount === 2;
  });
  assert.deepEqual(kinds(), ["join", "join", "message", "message"]);
});

test("a message is on screen at once, before the server has seen it", async () => {
  await using ann = await registered(server, "ann2");
  const { key } = await room("lobby2", ann);
  ann.app.actions.send(key, "quick");
  assert.deepEqual(ann.lines(key), ["(quick)"]);
  await shows(ann, key, "ann2: quick");
});

test("a direct message from a stranger is there at once, unread, and is answered", async () => {
  await using ann = await registered(server, "ann3");
  await using bob = await registered(server, "bob3");
  ann.app.actions.openDirect(idOf(bob), "bob3");
  ann.app.actions.send(directKey(idOf(bob)), "psst");

  const fromAnn = directKey(idOf(ann));
  await shows(bob, fromAnn, "ann3: psst");
  const conversation = bob.conversation(fromAnn);
  assert.deepEqual([conversation.title, conversation.head, conversation.readSeq], ["ann3", 1, 0]);

  bob.app.actions.openConversation(fromAnn);
  assert.equal(bob.conversation(fromAnn).readSeq, 1);
  bob.app.actions.send(fromAnn, "what?");
  await shows(ann, directKey(idOf(bob)), "ann3: psst", "bob3: what?");
});

test("typing is seen by the other and not by oneself", async () => {
  await using ann = await registered(server, "ann4");
  await using bob = await registered(server, "bob4");
  const { key } = await room("lobby4", ann, bob);
  bob.app.actions.setDraft(key, "h");
  await ann.until(
    "bob types",
    (state) => state.conversations.get(key)?.typing.has(idOf(bob)) === true,
  );
  assert.equal(bob.conversation(key).typing.size, 0);
});

test("presence follows the connections", async () => {
  await using ann = await registered(server, "ann5");
  const bob = await registered(server, "bob5");
  const bobId = idOf(bob);
  await room("lobby5", ann, bob);
  const isOnline = (state: { people: ReadonlyMap<UserId, { online: boolean }> }) =>
    state.people.get(bobId)?.online;
  const found = await ann.app.actions.loadMembers(
    [...ann.state().conversations.values()][0]?.key.slice(5) as RoomId,
  );
  assert.deepEqual(found, ok);
  await ann.until("bob is online", (state) => isOnline(state) === true);
  await bob[Symbol.asyncDispose]();
  await ann.until("bob is gone", (state) => isOnline(state) === false);
});

test("a wrong password, a taken name and a weak password are said in words to act on", async () => {
  await using ann = await registered(server, "ann6");
  await using stranger = await testClient(server);
  const { signIn, register } = stranger.app.actions;
  const account = { username: "ann6", email: "", setupToken: "" };
  assert.deepEqual(await signIn({ username: "ann6", password: "wrong password" }), {
    ok: false,
    message: "The name or the password is wrong.",
  });
  assert.deepEqual(await register({ ...account, password }), {
    ok: false,
    message: "That user name is taken. Choose another.",
  });
  const weak = await register({ ...account, username: "carl6", password: "short" });
  assert.match(weak.ok ? "" : weak.message, /at least 8 bytes/);
  assert.deepEqual(stranger.state().link, { state: "signed_out" });
  assert.equal(ann.state().link.state, "online");
});

test("rooms and people are found, members listed, and a room is left for good", async () => {
  await using ann = await registered(server, "ann7");
  await using bob = await registered(server, "bob7");
  const { id, key } = await room("gardening", ann, bob);

  assert.deepEqual(await bob.app.actions.searchRooms("garden"), ok);
  assert.deepEqual(
    bob
      .state()
      .directory.rooms.map(({ name, isMember, memberCount }) => [name, isMember, memberCount]),
    [["gardening", true, 2]],
  );
  assert.deepEqual(await bob.app.actions.searchUsers("ann7"), ok);
  assert.deepEqual(
    bob.state().directory.users.map(({ username }) => username),
    ["ann7"],
  );
  await ann.app.actions.loadMembers(id);
  const { members } = ann.conversation(key);
  assert.deepEqual(
    members.state === "known" && members.list.map(({ username, role }) => [username, role]),
    [
      ["ann7", "owner"],
      ["bob7", "member"],
    ],
  );

  assert.deepEqual(await bob.app.actions.leaveRoom(id), ok);
  assert.equal(bob.conversation(key).joined, false);
  const refused = bob.app.actions.send(key, "anybody?");
  assert.match(refused.ok ? "" : refused.message, /left this room/);
  bob.app.actions.closeConversation();
  assert.equal(bob.state().conversations.has(key), false);
  await ann.until("bob left", (state) => state.conversations.get(key)?.memberCount === 1);

  const again = await ann.app.actions.joinRoom(id);
  assert.deepEqual(again, ok, "joining where one is already is no error");
});

test("history is paged back to its beginning", async () => {
  await using ann = await registered(server, "ann8");
  const { id, key } = await room("archive", ann);
  for (let n = 1; n <= 250; n += 1) ann.app.actions.send(key, `line ${n}`);
  await ann.until("all stored", (state) => state.conversations.get(key)?.head === 251);

  await using bob = await registered(server, "bob8");
  await bob.app.actions.joinRoom(id);
  bob.app.actions.openConversation(key);
  await bob.until(
    "the newest page",
    (state) => (state.conversations.get(key)?.entries.length ?? 0) >= 100,
  );
  for (let pages = 0; !bob.conversation(key).reachedStart; pages += 1) {
    assert.ok(pages < 10);
    assert.deepEqual(await bob.app.actions.loadOlder(key), ok);
  }
  const expected = Array.from({ length: 250 }, (_, at) => `ann8: line ${at + 1}`);
  assert.deepEqual(bob.lines(key), expected);
  assert.deepEqual(ann.lines(key), expected, "and what one has written comes in the order written");
});

test("what cannot be sent is said at once", async () => {
  await using ann = await registered(server, "ann9");
  const { key } = await room("limits", ann);
  for (const content of ["", "  \n ", "x".repeat(4097), "\u{1f44b}".repeat(1025)]) {
    assert.equal(ann.app.actions.send(key, content).ok, false);
  }
  assert.equal(ann.app.actions.send(key, "x".repeat(4096)).ok, true);
});

test("signing out leaves nothing on this machine, and the session is over on the server", async () => {
  const accountDir = await mkdtemp(join(tmpdir(), "lair-client-"));
  await using ann = await registered(server, "ann10", { accountDir });
  const { key } = await room("farewell", ann);
  await ann.app.actions.signOut();
  assert.deepEqual(ann.state().link, { state: "signed_out" });
  assert.equal(ann.state().me, undefined);
  assert.equal(ann.state().conversations.has(key), false);

  await using next = await testClient(server, { accountDir });
  assert.equal(await next.app.start(), "nobody");
  await rm(accountDir, { recursive: true });
});

test("two people on one machine, two windows", async () => {
  const accountDir = await mkdtemp(join(tmpdir(), "lair-client-"));
  await using ann = await registered(server, "ann11", { accountDir });
  await using second = await testClient(server, { accountDir });
  assert.equal(await second.app.start(), "nobody");
  const { link } = second.state();
  assert.match(link.state === "signed_out" ? (link.reason ?? "") : "", /ann11 is already open/);
  const asAnn = await second.app.actions.signIn({ username: "ann11", password });
  assert.match(asAnn.ok ? "" : asAnn.message, /ann11 is already open/);

  const bob = { username: "bob11", password, email: "", setupToken: "" };
  assert.deepEqual(await second.app.actions.register(bob), ok);
  await second.online();
  assert.equal(ann.state().link.state, "online");
  await rm(accountDir, { recursive: true });
});
