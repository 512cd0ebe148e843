import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { applyEvent } from "./apply-event.ts";
import { applyLogPage, readPage } from "./apply-log-page.ts";
import { changeConversation, spanOf } from "./conversation.ts";
import type { State } from "./state.ts";
import {
  edit,
  lobbyKey,
  message,
  roomUpdate,
  stateWith,
  theLobby,
  theRoom,
} from "./test/sample-log.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const heard = (state: State, ...said: LoggedEvent[]) =>
  said.reduce((before, event) => applyEvent(before, event, now), state);
const seqs = (state: State) => theLobby(state).entries.map(({ seq }) => seq);

test("where the past is kept from us, the first entry that we may read is the start", () => {
  const log = Array.from({ length: 12 }, (_, at) => message(at + 1));
  const visible = log.slice(6);
  const reading = readPage(
    { entries: visible.slice(0, 4), head: 12, has_more: false, history_starts_at: 7 },
    { side: "before", seq: 11 },
  );
  const late = heard(stateWith(), message(11), message(12));
  const state = changeConversation(late, lobbyKey, (one) => applyLogPage(one, reading));
  const { reachedStart, historyStartsAt, span } = theLobby(state);
  assert.deepEqual([seqs(state), span], [[7, 8, 9, 10, 11, 12], { from: 7, to: 12 }]);
  assert.deepEqual([reachedStart, historyStartsAt], [true, 7]);
  const shown = heard(state, roomUpdate(13, theRoom, "settings.history"));
  assert.deepEqual(
    [theLobby(shown).reachedStart, theLobby(shown).historyStartsAt],
    [false, undefined],
  );
});

test("what was read before we left and came back stays, and nothing before it is asked for again", () => {
  const before = heard(stateWith(), message(3), message(4));
  const reading = readPage(
    { entries: [], head: 20, has_more: false, history_starts_at: 19 },
    { side: "before", seq: 3 },
  );
  const state = changeConversation(before, lobbyKey, (one) => applyLogPage(one, reading));
  assert.deepEqual([seqs(state), theLobby(state).span], [[3, 4], { from: 3, to: 4 }]);
  assert.deepEqual([theLobby(state).reachedStart, theLobby(state).historyStartsAt], [true, 19]);
});

test("an edit whose content is kept from us changes nothing that is here", () => {
  const first = message(1);
  const state = heard(stateWith(), first, message(2), edit(3, first, ""));
  const [entry] = theLobby(state).entries;
  assert.ok(entry?.kind === "message");
  assert.deepEqual([entry.content, entry.edited], ["message 1", false]);
  assert.equal(spanOf(theLobby(state))?.to, 3);
});
