import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId } from "@lair-chat/protocol/ids.ts";
import type { AnyEvent, EventOf, LoggedEvent, Result } from "@lair-chat/protocol/registry.ts";
import { isBehind } from "./apply-delivery.ts";
import { applyEvent } from "./apply-event.ts";
import { applyLogPage, readPage } from "./apply-log-page.ts";
import { applyResume } from "./apply-resume.ts";
import { changeConversation, spanOf } from "./conversation.ts";
import { withOutgoing } from "./outgoing.ts";
import type { State } from "./state.ts";
import {
  clientId,
  edit,
  lobby,
  lobbyKey,
  message,
  stateWith,
  theLobby,
} from "./test/sample-log.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const target = { type: "room", room_id: lobby } as const;
const heard = (state: State, ...said: AnyEvent[]) =>
  said.reduce((before, event) => applyEvent(before, event, now), state);
const chain = (letter: string) => `${letter.repeat(43)}=`;
const seqs = (state: State) => theLobby(state).entries.map(({ seq }) => seq);

type Reply = Result<"resume">;
const reply = (changes: Partial<Reply>): Reply => ({
  log_id: "one",
  rewound: false,
  conversations: [],
  next: null,
  user_entries: [],
  user_head: 0,
  user_log_starts_at: 1,
  has_more: false,
  ...changes,
});
const caught = (head: number, ...entries: LoggedEvent[]): Reply["conversations"][number] => ({
  ...{ target, entries, head, chain: chain("A"), history_starts_at: 1 },
  has_more: (entries.at(-1)?.seq ?? head) < head,
});
const from = (seq: number) => ({ cursors: new Map([[lobbyKey, seq]]), now });
const marker = (user_seq: number, read_seq: number): AnyEvent => ({
  ...{ type: "messages_read", target, read_seq, unread_count: 0, user_seq },
});
const withLog = (state: State, userSeq: number): State => ({
  ...state,
  log: { id: "one", userSeq },
});

test("what came since is behind what was there, changes of it included, and the chain is known", () => {
  const before = heard(stateWith(), message(1), message(2));
  const found = caught(4, message(3), edit(4, message(1), "other words"));
  const after = theLobby(applyResume(before, reply({ conversations: [found] }), from(2)));
  assert.deepEqual([spanOf(after), after.head], [{ from: 1, to: 4 }, 4]);
  assert.deepEqual(after.chain, { seq: 4, value: chain("A") });
  const [first] = after.entries;
  assert.equal(first?.kind === "message" && first.content, "other words");
});

test("what was pushed while it was on its way is there once", () => {
  const asked = heard(stateWith(), message(1));
  const pushed = heard(asked, message(2), message(3));
  const after = applyResume(pushed, reply({ conversations: [caught(2, message(2))] }), from(1));
  assert.deepEqual(seqs(after), [1, 2, 3]);
});

test("of our own log what is known is passed over, and the rest is taken in order", () => {
  const before = withLog(heard(stateWith(), message(1), message(2), message(3)), 4);
  const pushed = heard(before, marker(5, 2));
  assert.equal(pushed.log?.userSeq, 5);
  const entries = [marker(5, 2), marker(6, 3)] as unknown as Reply["user_entries"];
  const after = applyResume(pushed, reply({ user_entries: entries, user_head: 6 }), from(3));
  assert.equal(after.log?.userSeq, 6);
  assert.equal(theLobby(after).serverReadSeq, 3);
  assert.equal(heard(after, marker(4, 1)), after, "an old one changes nothing");
});

test("a marker never goes back, whichever machine it comes from", () => {
  const before = withLog(heard(stateWith(), message(1), message(2)), 1);
  const after = heard(before, marker(2, 2), marker(3, 1));
  assert.deepEqual([theLobby(after).readSeq, after.log?.userSeq], [2, 3]);
});

test("an entry of our own log behind a hole is taken, and the hole is not forgotten", () => {
  const before = withLog(stateWith(), 1);
  assert.equal(heard(before, marker(3, 1)).log?.userSeq, 1);
});

test("an invitation that was answered elsewhere is off the list", () => {
  const id = "00000000-0000-7000-8000-000000000900" as InvitationId;
  const invitation = { id, roomId: lobby, roomName: "lobby", inviter: "bob", message: undefined };
  const before = { ...stateWith(), invitations: [{ ...invitation, expiresAt: 1 }] };
  const settled = { type: "invitation_settled", invitation_id: id, status: "accepted" } as const;
  assert.deepEqual(heard(before, settled).invitations, []);
});

test("a room that is gone for us stays readable", () => {
  const before = heard(stateWith(), message(1));
  const gone = { target, gone: true } as const;
  const after = theLobby(applyResume(before, reply({ conversations: [gone] }), from(1)));
  assert.deepEqual([after.joined, after.entries.length], [false, 1]);
});

test("where the history is another one nothing of ours is left but what was not sent", () => {
  const [waiting, sent] = [1, 2].map((n) => ({
    ...{ clientId: clientId(n), content: "x", createdAt: 0 },
    status: n === 1 ? ({ state: "sending" } as const) : ({ state: "sent", seq: 9 } as const),
  }));
  assert.ok(waiting && sent);
  const before = changeConversation(heard(stateWith(), message(1), message(2)), lobbyKey, (one) =>
    withOutgoing(withOutgoing(one, waiting), sent),
  );
  const rewound = { ...caught(1), rewound: true } as const;
  const state = applyResume(before, reply({ log_id: "two", conversations: [rewound] }), from(2));
  const after = theLobby(state);
  assert.deepEqual([spanOf(after), after.head, after.chain], [undefined, 1, undefined]);
  assert.deepEqual(after.setBack, { at: now, seq: 1, isOffered: false });
  assert.deepEqual(after.outgoing, [waiting]);
  assert.match(state.notices.at(-1)?.text ?? "", /set back to an earlier state/);
  assert.equal(state.log?.id, "two");
});

test("heads tell of what is missing, of another history, and of nothing where all is here", () => {
  const state = withLog(heard(stateWith(), message(1), message(2)), 3);
  const heads = (seq: number, changes: Partial<EventOf<"heads">> = {}): EventOf<"heads"> => ({
    ...{ type: "heads", log_id: "one", heads: [{ target, seq, chain: chain("A") }] },
    ...changes,
  });
  const knowing = heard(state, heads(2));
  assert.deepEqual(theLobby(knowing).chain, { seq: 2, value: chain("A") });
  assert.equal(isBehind(knowing, heads(2)), false);
  assert.equal(isBehind(knowing, heads(3)), true);
  assert.equal(isBehind(knowing, heads(2, { user_seq: 4 })), true);
  assert.equal(isBehind(knowing, heads(2, { log_id: "two" })), true);
  const other = heads(2, { heads: [{ target, seq: 2, chain: chain("B") }] });
  assert.equal(isBehind(knowing, other), true);
  assert.equal(
    theLobby(heard(knowing, other)).chain?.value,
    chain("A"),
    "ours is what is asked about",
  );
});

test("entries that came between the reading of a page and of its head are not taken to be in it", () => {
  const page = { entries: [message(1), message(2)], head: 4, has_more: false };
  const read = applyLogPage(theLobby(stateWith()), readPage(page, { side: "newest" }));
  assert.deepEqual([spanOf(read), read.head, read.reachedStart], [{ from: 1, to: 2 }, 4, true]);
});
