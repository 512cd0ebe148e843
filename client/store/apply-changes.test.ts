import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId } from "@lair-chat/protocol/ids.ts";
import type { AnyEvent, EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import fc from "fast-check";
import { applyEvent } from "./apply-event.ts";
import { applyLogPage, type PageBound, readPage } from "./apply-log-page.ts";
import { changeConversation, newConversation, spanOf } from "./conversation.ts";
import { toLogged } from "./log-entry.ts";
import type { State } from "./state.ts";
import {
  ann,
  bob,
  edit,
  erasure,
  join,
  lobby,
  lobbyKey,
  message,
  page,
  roleChange,
  roomUpdate,
  stateWith,
  theLobby,
} from "./test/sample-log.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const heard = (state: State, ...said: AnyEvent[]) =>
  said.reduce((before, event) => applyEvent(before, event, now), state);

/** What people do to a conversation, one after the other; `at` chooses the message that is changed. */
const anyDoing = fc.record({
  kind: fc.constantFrom("message", "message", "join", "edit", "edit", "delete"),
  at: fc.nat(),
});
type Doing = { readonly kind: string; readonly at: number };
type Received = EventOf<"message_received">;

/** The events as they were pushed when they happened. */
function pushed(doings: readonly Doing[]): LoggedEvent[] {
  const log: LoggedEvent[] = [];
  const alive: Received[] = [];
  for (const { kind, at } of doings) {
    const seq = log.length + 1;
    const subject = alive[at % Math.max(1, alive.length)];
    if (kind === "join") log.push(join(seq));
    else if (kind === "message" || subject === undefined) {
      const written = message(seq);
      alive.push(written);
      log.push(written);
    } else if (kind === "edit") log.push(edit(seq, subject));
    else {
      alive.splice(alive.indexOf(subject), 1);
      log.push(erasure(seq, subject));
    }
  }
  return log;
}

/** The log as the server reads it when its newest entry is `head`: everything as it is by then. */
function asReadAt(log: readonly LoggedEvent[], head: number): LoggedEvent[] {
  const known = log.slice(0, head);
  return known.map((event) => {
    const subject =
      event.type === "message_received" || event.type === "message_edited"
        ? event.message.seq
        : undefined;
    if (subject === undefined) return event;
    const changes = known.filter(
      (one) =>
        (one.type === "message_edited" && one.message.seq === subject) ||
        (one.type === "message_deleted" && one.message_seq === subject),
    );
    const last = changes.at(-1);
    if (last?.type === "message_deleted") return { ...last, seq: event.seq };
    if (last?.type !== "message_edited") return event;
    if (event.type === "message_received") return { ...event, message: last.message };
    return { ...last, seq: event.seq };
  });
}

function fetched(state: State, log: readonly LoggedEvent[], bound: PageBound): State {
  const asked = bound.side === "newest" ? {} : { [bound.side]: bound.seq };
  const reading = readPage(page(log, { ...asked, limit: 3 }), bound);
  return changeConversation(state, lobbyKey, (before) => applyLogPage(before, reading));
}

function filled(state: State, log: readonly LoggedEvent[]): State {
  let next = state;
  for (let asked = 0; asked < 100; asked += 1) {
    const span = spanOf(theLobby(next));
    if (span === undefined) next = fetched(next, log, { side: "newest" });
    else if (span.to < log.length) next = fetched(next, log, { side: "after", seq: span.to });
    else if (!theLobby(next).reachedStart) {
      next = fetched(next, log, { side: "before", seq: span.from });
    } else return next;
  }
  throw new Error("filling has no end");
}

const anyArrival = (length: number) =>
  fc.record({
    kind: fc.constantFrom("event", "event", "event", "newest", "before", "after"),
    seq: fc.integer({ min: 1, max: length }),
    /** What the server had more by the time it read the page. */
    later: fc.integer({ min: 0, max: length }),
  });

test("edits and erasures that are lost, late or doubled end with what the log says", () => {
  fc.assert(
    fc.property(
      fc
        .array(anyDoing, { minLength: 1, maxLength: 30 })
        .map(pushed)
        .chain((log) =>
          fc.tuple(fc.constant(log), fc.array(anyArrival(log.length), { maxLength: 80 })),
        ),
      ([log, arrivals]) => {
        let state = stateWith();
        for (const { kind, seq, later } of arrivals) {
          const read = asReadAt(log, Math.min(log.length, seq + later));
          const event = log[seq - 1];
          if (kind === "newest") state = fetched(state, read, { side: kind });
          else if (kind === "before" || kind === "after") {
            state = fetched(state, read, { side: kind, seq });
          } else if (event !== undefined) state = heard(state, event);
        }
        const whole = theLobby(filled(state, asReadAt(log, log.length)));
        const wanted = asReadAt(log, log.length).flatMap((event) => toLogged(event).entry ?? []);
        assert.deepEqual(whole.entries, wanted);
        assert.equal(whole.head, log.length);
        assert.equal(whole.changes.size, 0);
      },
    ),
    { numRuns: 500 },
  );
});

const contents = (state: State) =>
  theLobby(state).entries.map((entry) => (entry.kind === "message" ? entry.content : entry.kind));

test("an edit that is told of before the page with its message has come is not lost", () => {
  const [first, second] = [message(1), message(2)];
  const start = heard(stateWith(), second);
  const before = readPage(page([first, second], { before: 2, limit: 9 }), {
    side: "before",
    seq: 2,
  });
  const told = heard(start, edit(3, first, "better"));
  const state = changeConversation(told, lobbyKey, (one) => applyLogPage(one, before));
  assert.deepEqual(contents(state), ["better", "message 2"]);
});

test("a change takes no line of its own, counts as no news and is not waited for", () => {
  const state = heard(stateWith(), message(1, { author: ann }), edit(2, message(1)), join(3));
  assert.deepEqual(contents(state), ["as of 2", "join"]);
  assert.deepEqual(spanOf(theLobby(state)), { from: 1, to: 3 });
  assert.equal(theLobby(state).readSeq, 3);
});

test("an erased message stays erased, and nothing of it is kept", () => {
  const erased = heard(stateWith(), message(1), edit(2, message(1), "secret"));
  const state = heard(erased, erasure(3, message(1)), edit(4, message(1), "secret"));
  assert.deepEqual(contents(state), ["deleted"]);
  assert.doesNotMatch(JSON.stringify(theLobby(state)), /secret/);
});

test("a direct message erased by its author changes in the conversation with him", () => {
  const direct = message(1);
  direct.message.target = { type: "dm", recipient: ann };
  const state = heard(stateWith(), direct, { ...erasure(2, direct), deleted_by: bob });
  assert.equal(state.conversations.get(`dm:${bob}`)?.entries[0]?.kind, "deleted");
  const byAdmin = heard(stateWith(), direct, erasure(2, direct));
  assert.equal(byAdmin.conversations.get(`dm:${bob}`)?.entries[0]?.kind, "deleted");
});

test("roles and what a room is called follow the log, once", () => {
  const list = [{ id: ann, username: "ann", role: "member" as const }];
  const start = stateWith({ role: "member", members: { state: "known", list } });
  const events = [
    roleChange(1, ann, "moderator"),
    roomUpdate(2, { name: "salon", description: null }, "name", "description"),
  ];
  const room = theLobby(heard(start, ...events));
  assert.deepEqual([room.role, room.title, room.description], ["moderator", "salon", undefined]);
  assert.deepEqual(room.members, { state: "known", list: [{ ...list[0], role: "moderator" }] });
  assert.deepEqual(
    room.entries.map(({ kind }) => kind),
    ["role", "room_change"],
  );
  const late = theLobby(heard(stateWith({ title: "newest", head: 9 }), ...events));
  assert.equal(late.title, "newest", "what the list has told already is newer");
});

test("a room that is deleted is gone from the screen, with a word about it", () => {
  const gone = { type: "room_deleted", room_id: lobby, room_name: "lobby" } as const;
  const open = { ...stateWith(), open: lobbyKey };
  const state = heard(open, { ...gone, deleted_by: bob, reason: "spam" });
  assert.equal(state.conversations.size, 0);
  assert.equal(state.open, undefined);
  assert.match(state.notices[0]?.text ?? "", /#lobby was deleted \(spam\)/);
  assert.deepEqual(heard(open, { ...gone, deleted_by: ann }).notices, []);
});

test("reading on another machine moves the marker, and never back", () => {
  const target = { type: "room", room_id: lobby } as const;
  const start = stateWith({ head: 9, readSeq: 4 });
  const read = { type: "messages_read", target, unread_count: 1 } as const;
  assert.equal(theLobby(heard(start, { ...read, read_seq: 7 })).readSeq, 7);
  assert.equal(theLobby(heard(start, { ...read, read_seq: 2 })).readSeq, 4);
});

const invitation = (n: number): EventOf<"invitation_received"> => ({
  type: "invitation_received",
  invitation: {
    id: `invitation ${n}` as InvitationId,
    room_id: lobby,
    room_name: "lobby",
    inviter_id: bob,
    inviter_name: "bob",
    invitee_id: ann,
    invitee_name: "ann",
    status: "pending",
    message: null,
    created_at: "2026-03-01T12:00:00.000Z",
    expires_at: "2026-03-08T12:00:00.000Z",
    responded_at: null,
  },
});

test("invitations are listed once, the newest first, until they are void or answered by joining", () => {
  const state = heard(stateWith(), invitation(1), invitation(2), invitation(1));
  const ids = ({ invitations }: State) => invitations.map(({ id }) => id);
  assert.deepEqual(ids(state), ["invitation 1", "invitation 2"]);
  const invitation_id = "invitation 1" as InvitationId;
  const left = heard(state, { type: "invitation_cancelled", invitation_id, reason: "expired" });
  assert.deepEqual(ids(left), ["invitation 2"]);
  assert.deepEqual(ids(heard(state, join(1, ann))), []);
  const many = Array.from({ length: 300 }, (_, n) => invitation(n));
  assert.equal(heard(stateWith(), ...many).invitations.length, 200);
});

test("changes to a conversation that is not there change nothing", () => {
  const nowhere = { ...stateWith(), conversations: new Map() };
  assert.equal(heard(nowhere, edit(2, message(1)), erasure(3, message(1))), nowhere);
  assert.equal(newConversation({ key: lobbyKey, title: "" }).changes.size, 0);
});
