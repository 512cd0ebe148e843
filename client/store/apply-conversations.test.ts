import assert from "node:assert/strict";
import { test } from "node:test";
import { applyConversations, askedNow, type Listed } from "./apply-conversations.ts";
import { applyEvent } from "./apply-event.ts";
import type { ConversationKey, State } from "./state.ts";
import { ann, bob, lobby, lobbyKey, message, stateWith, theLobby } from "./test/sample-log.ts";

const now = 1_000_000;
const empty = { ...stateWith(), conversations: new Map() };

const room = (head: number): Listed => ({
  kind: "room",
  role: "member",
  member_count: 2,
  head,
  room: {
    id: lobby,
    name: "lobby",
    owner: ann,
    description: "hello",
    settings: { description: "hello", is_private: false, public: true, max_members: null },
    created_at: "2026-03-01T12:00:00.000Z",
  },
});
const direct = (head: number): Listed => ({
  kind: "dm",
  peer: { id: bob, username: "bob" },
  online: true,
  head,
});
const markers = (...read: [ConversationKey, number][]) => ({
  read: new Map(read),
  drafts: new Map([[lobbyKey, "half a sen"]]),
});

test("what was read before is remembered, and direct messages of the time away are unread", () => {
  const asked = askedNow(empty, markers([lobbyKey, 3]), now);
  const state = applyConversations(empty, [room(5), direct(2)], asked);
  assert.equal(theLobby(state).readSeq, 3);
  assert.equal(theLobby(state).draft, "half a sen");
  assert.equal(state.conversations.get(`dm:${bob}`)?.readSeq, 0);
  assert.equal(state.people.get(bob)?.online, true);
});

test("the history of a room that is new to this machine is not unread", () => {
  const state = applyConversations(empty, [room(500)], askedNow(empty, markers(), now));
  assert.equal(theLobby(state).readSeq, 500);
});

test("a room that is not listed any more is not ours any more", () => {
  const before = stateWith();
  const state = applyConversations(before, [], askedNow(before, markers(), now));
  assert.equal(theLobby(state).joined, false);
});

test("a room that was joined while the list was on its way stays", () => {
  const asked = askedNow(empty, markers(), now);
  const state = applyConversations(stateWith(), [], asked);
  assert.equal(theLobby(state).joined, true);
});

test("a list that is older than what came meanwhile takes nothing back", () => {
  const before = stateWith();
  const asked = askedNow(before, markers(), now);
  const ahead = applyEvent(before, message(1), now);
  const state = applyConversations(ahead, [room(0)], asked);
  assert.equal(theLobby(state).head, 1);
  assert.equal(theLobby(state).entries.length, 1);
});

test("a server that was set back is believed, and the person is told", () => {
  let before: State = { ...stateWith(), open: lobbyKey };
  for (const seq of [1, 2, 3]) before = applyEvent(before, message(seq), now);
  const state = applyConversations(before, [room(1)], askedNow(before, markers(), now));
  assert.deepEqual(theLobby(state).entries, []);
  assert.equal(theLobby(state).head, 1);
  assert.equal(theLobby(state).readSeq, 1);
  assert.match(state.notices[0]?.text ?? "", /restored from a backup/);
});
