import assert from "node:assert/strict";
import { test } from "node:test";
import { unreadIn } from "../views/rooms/conversation-list.ts";
import { applyConversations, askedNow, type Listed } from "./apply-conversations.ts";
import { applyEvent } from "./apply-event.ts";
import { changeConversation } from "./conversation.ts";
import type { ConversationKey, State } from "./state.ts";
import { bob, join, lobbyKey, message, stateWith, theLobby, theRoom } from "./test/sample-log.ts";

const now = 1_000_000;
const empty = { ...stateWith(), conversations: new Map() };

const room = (head: number, read_seq = 0, unread_count = 0): Listed => ({
  read_seq,
  unread_count,
  kind: "room",
  role: "member",
  member_count: 2,
  head,
  room: theRoom,
});
const direct = (head: number): Listed => ({
  kind: "dm",
  peer: { id: bob, username: "bob" },
  online: true,
  head,
  read_seq: 0,
  unread_count: 2,
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

test("what was read on another machine is read on this one too", () => {
  const state = applyConversations(empty, [room(500, 480, 7)], askedNow(empty, markers(), now));
  assert.equal(theLobby(state).readSeq, 480);
  assert.equal(unreadIn(theLobby(state), undefined), 7, "as the server counted them");
  const before = { ...stateWith({ head: 500, readSeq: 490 }) };
  const later = applyConversations(before, [room(500, 480)], askedNow(before, markers(), now));
  assert.equal(theLobby(later).readSeq, 490, "what was read here and not told yet stays read");
  const further = applyConversations(before, [room(500, 500)], askedNow(before, markers(), now));
  assert.equal(theLobby(further).readSeq, 500);
});

test("what comes after the server has counted is counted here", () => {
  let state = applyConversations(empty, [room(500, 480, 7)], askedNow(empty, markers(), now));
  for (const event of [message(501), join(502), message(503)]) {
    state = applyEvent(state, event, now);
  }
  assert.equal(unreadIn(theLobby(state), undefined), 9);
  assert.equal(unreadIn(theLobby(state), lobbyKey), 0);
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

test("a server that was set back is believed where only the end of a log was known, too", () => {
  const before = changeConversation(stateWith(), lobbyKey, (one) => ({ ...one, head: 3 }));
  const state = applyConversations(before, [room(1)], askedNow(before, markers(), now));
  assert.equal(theLobby(state).head, 1);
  assert.deepEqual(theLobby(state).setBack, { at: now, seq: 1, isOffered: false });
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
