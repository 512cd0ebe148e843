import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId, MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import { chainStart, contentHashOf, type EntryRow, nextChain, rowChecksum } from "./log-chain.ts";
import { LogCheck } from "./log-check.ts";

const conversationId = "01890000-0000-7000-8000-000000000001" as ConversationId;
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });

/** A log as the server writes it; its first `old` entries are from before there were chains. */
function logOf(contents: readonly string[], old: number): EntryRow[] {
  let chain: Uint8Array | null = null;
  return contents.map((content, index) => {
    const payload = Buffer.from(content);
    const seq = index + 1;
    const contentHash = Buffer.from(contentHashOf("message", payload));
    const row = {
      conversationId,
      seq,
      kind: "message" as const,
      messageId: `message ${seq}` as MessageId,
      senderId: "ann" as UserId,
      senderName: "ann",
      clientId: null,
      contentHash,
      payload,
      keyId: 0,
      createdAt: 1000 + seq,
    };
    if (index < old) return { ...row, chain: null, checksum: null };
    chain = nextChain(chain ?? chainStart(conversationId), row, contentHash);
    const chained = { ...row, chain: Buffer.from(chain) };
    return { ...chained, checksum: Buffer.from(rowChecksum(chained)) };
  });
}

function problemsIn(rows: readonly EntryRow[], head = headOf(rows)): readonly string[] {
  const problems: string[] = [];
  const check = new LogCheck(conversationId, (problem) => problems.push(problem));
  for (const row of rows) check.add(row);
  check.finish(head);
  return problems;
}

function headOf(rows: readonly EntryRow[]) {
  const last = rows.at(-1);
  return {
    conversationId,
    lastSeq: rows.length,
    lastEntryAt: last?.createdAt ?? 0,
    chain: last?.chain ?? null,
  };
}

const logs = fc
  .tuple(fc.array(text, { minLength: 2, maxLength: 12 }), fc.nat(12))
  .map(([contents, old]) => logOf(contents, Math.min(old, contents.length - 1)));

test("a log as it was written is in order, with entries from before there were chains too", () => {
  assert.deepEqual(problemsIn([]), []);
  fc.assert(fc.property(logs, (log) => assert.deepEqual(problemsIn(log), [])));
});

/** What somebody who can write to the file, checksums included, may do to one entry that has a chain. */
const forgeries: readonly ((row: EntryRow) => Partial<EntryRow>)[] = [
  ({ seq }) => ({ messageId: `other ${seq}` as MessageId }),
  () => ({ senderId: "eve" as UserId }),
  ({ createdAt }) => ({ createdAt: createdAt + 1 }),
  ({ payload }) => ({ payload: Buffer.concat([payload, Buffer.from("!")]) }),
  ({ payload }) => {
    const forged = Buffer.concat([payload, Buffer.from("!")]);
    return { payload: forged, contentHash: Buffer.from(contentHashOf("message", forged)) };
  },
  () => ({ chain: Buffer.alloc(32, 1) }),
  () => ({ chain: null }),
];

test("a log in which anything was changed is found, even where the checksum was made anew", () => {
  const cases = fc.tuple(logs, fc.nat(), fc.constantFrom(...forgeries));
  fc.assert(
    fc.property(cases, ([log, place, forge]) => {
      const chained = log.filter(({ chain }) => chain !== null);
      const row = chained[place % chained.length];
      assert.ok(row !== undefined);
      const forged = { ...row, ...forge(row) };
      const whole = { ...forged, checksum: Buffer.from(rowChecksum(forged)) };
      const changed = log.map((one) => (one === row ? whole : one));
      // The head is what clients have been told.
      assert.notDeepEqual(problemsIn(changed, headOf(log)), []);
    }),
  );
});

test("an entry that is missing, doubled or out of its place is found", () => {
  fc.assert(
    fc.property(logs, fc.nat(), (log, place) => {
      const at = place % log.length;
      const row = log[at];
      assert.ok(row !== undefined);
      assert.notDeepEqual(problemsIn(log.toSpliced(at, 1), headOf(log)), []);
      assert.notDeepEqual(problemsIn(log.toSpliced(at, 0, row), headOf(log)), []);
      if (at > 0) {
        const swapped = [
          ...log.slice(0, at - 1),
          row,
          ...log.slice(at - 1, at),
          ...log.slice(at + 1),
        ];
        assert.notDeepEqual(problemsIn(swapped, headOf(log)), []);
      }
    }),
  );
});

test("an entry whose content was taken out is in order", () => {
  fc.assert(
    fc.property(logs, fc.nat(), (log, place) => {
      const at = place % log.length;
      const rows = log.map((row, index) => {
        if (index !== at) return row;
        const erased = { ...row, kind: "erased" as const, payload: Buffer.alloc(0) };
        return { ...erased, checksum: row.checksum && Buffer.from(rowChecksum(erased)) };
      });
      assert.deepEqual(problemsIn(rows), []);
    }),
  );
});

test("a head that says something else than the last entry is found", () => {
  const log = logOf(["a", "b"], 0);
  const head = headOf(log);
  for (const other of [{ lastSeq: 3 }, { lastEntryAt: 1 }, { chain: Buffer.alloc(32) }]) {
    assert.equal(problemsIn(log, { ...head, ...other }).length, 1);
  }
});
