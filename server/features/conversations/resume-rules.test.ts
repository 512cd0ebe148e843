import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import fc from "fast-check";
import type { LogEntry } from "../../storage/log-entry.ts";
import { encodeContent, toEvent } from "./log-rules.ts";
import { type Found, fitCatchUp, isRewound } from "./resume-rules.ts";

const stored = new Uint8Array(32).fill(7);
const chain = Buffer.from(stored).toString("base64");
const otherChain = Buffer.from(new Uint8Array(32).fill(8)).toString("base64");

const verdicts: ReadonlyArray<readonly [what: string, Parameters<typeof isRewound>[0], boolean]> = [
  ["the same chain", { cursor: { seq: 5, chain }, head: 9, stored, isSameLog: true }, false],
  ["no chain", { cursor: { seq: 5 }, head: 9, stored, isSameLog: true }, false],
  [
    "another chain",
    { cursor: { seq: 5, chain: otherChain }, head: 9, stored, isSameLog: true },
    true,
  ],
  [
    "more than there is",
    { cursor: { seq: 10, chain }, head: 9, stored: null, isSameLog: true },
    true,
  ],
  [
    "an entry without a chain",
    { cursor: { seq: 5, chain }, head: 9, stored: null, isSameLog: true },
    false,
  ],
  [
    "another log and the same chain",
    { cursor: { seq: 5, chain }, head: 9, stored, isSameLog: false },
    false,
  ],
  ["another log and no chain", { cursor: { seq: 5 }, head: 9, stored, isSameLog: false }, true],
  [
    "another log and nothing yet",
    { cursor: { seq: 0 }, head: 9, stored: null, isSameLog: false },
    false,
  ],
];

for (const [what, facts, expected] of verdicts) {
  test(`who has ${what} ${expected ? "has" : "has not"} something else than what is here`, () => {
    assert.equal(isRewound(facts), expected);
  });
}

function entry(conversation: number, seq: number, length: number): LogEntry {
  return {
    conversationId: `c${conversation}` as ConversationId,
    kind: "message",
    messageId: `m${conversation}-${seq}` as MessageId,
    senderId: "u" as UserId,
    senderName: "ann",
    clientId: null,
    payload: encodeContent("x".repeat(length)),
    seq,
    createdAt: 0,
    chain: stored,
  };
}

/** A conversation of which everything behind `from` was read, of messages this long. */
function found(conversation: number, from: number, lengths: readonly number[]): Found {
  return {
    target: { type: "room", room_id: `c${conversation}` as RoomId },
    head: { seq: from + lengths.length, chain: stored, startsAt: 1 },
    from,
    isRewound: false,
    entries: lengths.map((length, index) => entry(conversation, from + 1 + index, length)),
  };
}

const someLength = fc.integer({ min: 1, max: limits.contentBytes });
const behind = fc.tuple(fc.nat({ max: 50 }), fc.array(someLength, { maxLength: 120, size: "max" }));

test("a reply is bounded, holds the beginning of what was read, and says where there is more", () => {
  fc.assert(
    fc.property(fc.array(behind, { maxLength: 5, size: "max" }), (all) => {
      const read = all.map(([from, lengths], index) => found(index, from, lengths));
      const { conversations } = fitCatchUp(read, []);
      const entries = conversations.flatMap((one) => ("entries" in one ? one.entries : []));
      const bytes = entries.reduce((sum, one) => sum + JSON.stringify(one).length, 0);
      assert.ok(bytes <= limits.resumeBytes || entries.length === 1);
      let left = limits.resumeBytes - bytes;
      let isCut = false;
      for (const [index, one] of conversations.entries()) {
        const { from, entries: wanted } = read[index] as Found;
        assert.ok("entries" in one);
        const seqs = one.entries.map(({ seq }) => seq);
        assert.deepEqual(
          seqs,
          seqs.map((_, place) => from + 1 + place),
        );
        assert.equal(one.has_more, seqs.length < wanted.length);
        assert.ok(
          !isCut || seqs.length === 0,
          "a later conversation was given before an earlier one",
        );
        // Nothing is left out that had fitted.
        const next = isCut ? undefined : wanted[seqs.length];
        if (next !== undefined) left -= JSON.stringify(toEvent(next)).length;
        if (next !== undefined) assert.ok(left < 0, `${left} bytes were left`);
        isCut ||= one.has_more;
      }
      assert.ok(entries.length > 0 || all.every(([, lengths]) => lengths.length === 0));
    }),
    { numRuns: 60 },
  );
});

test("a damaged entry is given as one, in its place", () => {
  const one = found(1, 0, [5, 5, 5]);
  const entries = one.entries.map((it) => (it.seq === 2 ? { ...it, isCorrupt: true } : it));
  const [conversation] = fitCatchUp([{ ...one, entries }], []).conversations;
  assert.ok(conversation !== undefined && "entries" in conversation);
  assert.deepEqual(
    conversation.entries.map(({ type }) => type),
    ["message_received", "entry_corrupt", "message_received"],
  );
  assert.deepEqual(conversation.entries[1], { type: "entry_corrupt", seq: 2, corrupt: true });
});

test("an edit of what one may not read comes without its content", () => {
  const hidden = entry(1, 2, 5);
  const edit: LogEntry = {
    ...entry(1, 9, 0),
    kind: "edit",
    subject: { ...hidden, isEdited: true },
  };
  const head = { seq: 9, chain: stored, startsAt: 5 };
  const one: Found = { ...found(1, 8, [1]), head, entries: [edit] };
  const [conversation] = fitCatchUp([one], []).conversations;
  assert.ok(conversation !== undefined && "entries" in conversation);
  assert.deepEqual(
    conversation.entries.map(
      (it) => (it as unknown as { message: { content: string } }).message.content,
    ),
    [""],
  );
});
