import assert from "node:assert/strict";
import { test } from "node:test";
import { events, type LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { checkEvent } from "@lair-chat/protocol/validate-incoming.ts";
import fc from "fast-check";
import { applyEvent } from "./apply-event.ts";
import { applyLogPage, type PageBound, readPage } from "./apply-log-page.ts";
import { changeConversation, newConversation, spanOf } from "./conversation.ts";
import { withoutSurplus } from "./log-range.ts";
import { withAck, withOutgoing } from "./outgoing.ts";
import type { State } from "./state.ts";
import {
  ann,
  bob,
  clientId,
  join,
  leave,
  lobby,
  lobbyKey,
  message,
  page,
  stateWith,
  theLobby,
} from "./test/sample-log.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const heard = (state: State, ...said: LoggedEvent[]) =>
  said.reduce((before, event) => applyEvent(before, event, now), state);
const seqs = (state: State) => theLobby(state).entries.map(({ seq }) => seq);

const makers = [message, join, leave];
const anyLog = fc
  .array(fc.nat(makers.length - 1), { minLength: 1, maxLength: 40 })
  .map((kinds) => kinds.map((kind, at) => (makers[kind] ?? message)(at + 1)));

interface Asking {
  readonly side: PageBound["side"];
  readonly seq: number;
}

function fetched(state: State, log: readonly LoggedEvent[], asking: Asking): State {
  const bound: PageBound =
    asking.side === "newest" ? { side: "newest" } : { side: asking.side, seq: asking.seq };
  const asked = bound.side === "newest" ? {} : { [bound.side]: bound.seq };
  const reading = readPage(page(log, { ...asked, limit: 3 }), bound);
  return changeConversation(state, lobbyKey, (before) => applyLogPage(before, reading));
}

/** An event of the log, or a page of it that was asked for at any time. */
const anyArrival = (length: number) =>
  fc.record({
    kind: fc.constantFrom("event", "event", "event", "newest", "before", "after"),
    seq: fc.integer({ min: 1, max: length }),
  });

/** What the actions do: forward until nothing is missing, then back to the start. */
function filled(state: State, log: readonly LoggedEvent[]): State {
  let next = state;
  for (let asked = 0; asked < 100; asked += 1) {
    const conversation = theLobby(next);
    const span = spanOf(conversation);
    if (span === undefined) next = fetched(next, log, { side: "newest", seq: 0 });
    else if (span.to < log.length) next = fetched(next, log, { side: "after", seq: span.to });
    else if (!conversation.reachedStart) {
      next = fetched(next, log, { side: "before", seq: span.from });
    } else return next;
  }
  throw new Error("filling has no end");
}

test("whatever is lost, late or doubled, filling ends with exactly the log", () => {
  fc.assert(
    fc.property(
      anyLog.chain((log) =>
        fc.tuple(fc.constant(log), fc.array(anyArrival(log.length), { maxLength: 80 })),
      ),
      ([log, arrivals]) => {
        let state = stateWith();
        for (const { kind, seq } of arrivals) {
          const event = log[seq - 1];
          if (kind !== "event") state = fetched(state, log, { side: kind, seq });
          else if (event !== undefined) state = heard(state, event);
          const held = seqs(state);
          const first = held[0] ?? 0;
          assert.deepEqual(
            held,
            held.map((_, index) => first + index),
            "there is a hole",
          );
        }
        const whole = theLobby(filled(state, log));
        assert.deepEqual(
          whole.entries.map(({ seq }) => seq),
          log.map(({ seq }) => seq),
        );
        assert.equal(whole.head, log.length);
      },
    ),
  );
});

test("an event that comes twice is shown once", () => {
  const state = heard(stateWith(), message(1), message(2), message(2), message(1));
  assert.deepEqual(seqs(state), [1, 2]);
});

test("an event behind a hole is not shown yet, but the head tells of it", () => {
  const state = heard(stateWith(), message(1), message(4));
  assert.deepEqual(seqs(state), [1]);
  assert.equal(theLobby(state).head, 4);
});

test("an event of a kind this client does not know leaves no hole to be asked for for ever", () => {
  const entries = [message(1), { type: "poll_opened", seq: 2 }, message(3)];
  const answer = { entries, head: 3, has_more: false };
  const { broken, ...reading } = readPage(answer, { side: "after", seq: 0 });
  const state = changeConversation(stateWith(), lobbyKey, (one) => applyLogPage(one, reading));
  assert.deepEqual(seqs(state), [1, 3]);
  assert.equal(spanOf(theLobby(state))?.to, 3);
  assert.deepEqual(broken, []);
});

test("an entry that makes no sense is told of", () => {
  const entries = [{ type: "message_received", seq: 1, message: "?" }];
  const { broken } = readPage({ entries, head: 1, has_more: false }, { side: "newest" });
  assert.deepEqual(broken, [1]);
});

test("a page that repeats itself or goes astray is taken only as far as it makes sense", () => {
  const entries = [message(7), message(9), message(8), message(9), message(3), message(10)];
  const { range } = readPage({ entries, head: 10, has_more: false }, { side: "after", seq: 7 });
  assert.deepEqual(
    range.entries.map(({ seq }) => seq),
    [9, 10],
  );
});

const sending = { clientId: clientId(1), content: "hi", createdAt: now } as const;

test("our own message leaves those on their way when the log's copy comes, before the ack or after", () => {
  const start = changeConversation(stateWith(), lobbyKey, (one) =>
    withOutgoing(one, { ...sending, status: { state: "sending" } }),
  );
  const echo = message(1, { author: ann, id: sending.clientId });
  const acked = (state: State) =>
    changeConversation(state, lobbyKey, (one) => withAck(one, sending.clientId, { seq: 1 }));

  for (const state of [heard(start, echo), acked(heard(start, echo)), heard(acked(start), echo)]) {
    assert.deepEqual(theLobby(state).outgoing, []);
    assert.deepEqual(seqs(state), [1]);
  }
  assert.deepEqual(theLobby(acked(start)).outgoing[0]?.status, { state: "sent", seq: 1 });
});

test("what is on screen counts as read, and what is not does not", () => {
  const open = { ...stateWith(), open: lobbyKey };
  assert.equal(theLobby(heard(open, message(1), message(2))).readSeq, 2);
  assert.equal(theLobby(heard(stateWith(), message(1), message(2))).readSeq, 0);
});

test("people who come and go are no news, and our own message is proof of having read", () => {
  assert.equal(theLobby(heard(stateWith(), join(1), leave(2))).readSeq, 2);
  assert.equal(theLobby(heard(stateWith(), message(1), join(2))).readSeq, 0);
  const answered = heard(stateWith(), message(1), message(2, { author: ann }), join(3));
  assert.equal(theLobby(answered).readSeq, 3);
});

test("members are counted once, however often the server tells of them", () => {
  const state = heard(stateWith({ memberCount: 1 }), join(1), join(1), join(2, ann), leave(3));
  assert.equal(theLobby(state).memberCount, 2);
});

test("a room we are thrown out of stays readable but is not ours any more", () => {
  const state = heard(stateWith(), message(1), leave(2, ann));
  assert.equal(theLobby(state).joined, false);
  assert.deepEqual(seqs(state), [1, 2]);
});

test("a stranger's direct message begins a conversation of his name, all of it unread", () => {
  const direct = message(1);
  direct.message.target = { type: "dm", recipient: ann };
  const conversation = heard(stateWith(), direct).conversations.get(`dm:${bob}`);
  assert.equal(conversation?.title, "bob");
  assert.equal(conversation?.head, 1);
  assert.equal(conversation?.readSeq, 0);
});

test("somebody who writes is forgotten when his message is there", () => {
  const target = { type: "room", room_id: lobby } as const;
  const typing = applyEvent(stateWith(), { type: "user_typing", user_id: bob, target }, now);
  assert.deepEqual([...theLobby(typing).typing], [[bob, now + 6000]]);
  assert.equal(theLobby(heard(typing, message(1))).typing.size, 0);
});

test("a long conversation forgets its oldest entries and knows that there are more", () => {
  const entries = Array.from({ length: 5600 }, (_, at) => message(at + 1));
  const state = withoutSurplus(heard(stateWith(), ...entries));
  const { entries: kept, reachedStart } = theLobby(state);
  assert.ok(kept.length >= 5000 && kept.length <= 5500);
  assert.equal(kept.at(-1)?.seq, 5600);
  assert.equal(reachedStart, false);
});

test("nothing a server says makes the client fail", () => {
  const samples = [message(1), join(1), leave(1)].map((event) => fc.constant({ ...event }));
  const raw = fc.record(
    {
      type: fc.constantFrom(...Object.keys(events)),
      seq: fc.oneof(fc.nat(), fc.anything()),
      message: fc.oneof(fc.anything(), fc.constant(message(3).message)),
      user_id: fc.oneof(fc.constant(bob), fc.anything()),
      username: fc.anything(),
      severity: fc.anything(),
      target: fc.oneof(fc.constant({ type: "room", room_id: lobby }), fc.anything()),
    },
    { requiredKeys: ["type"], noNullPrototype: true },
  );
  const anything = fc.oneof(raw, ...samples).map((one) => one as Record<string, unknown>);
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 10 }), (said) => {
      let state = stateWith();
      for (const one of said) {
        const event = checkEvent(one);
        if (event !== undefined) state = applyEvent(state, event, now);
      }
    }),
  );
});

test("a conversation that is not there is no reason to fail", () => {
  const nowhere = { ...stateWith(), conversations: new Map() };
  assert.equal(heard(nowhere, message(1)).conversations.size, 0);
  assert.equal(newConversation({ key: `dm:${bob}`, title: "bob" }).kind, "dm");
});
