import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientId, ConversationId, MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import { chainStart, type EntryRow, isIntact, nextChain, rowChecksum } from "./log-chain.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array));
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });

const row = fc.record(
  {
    conversationId: text.map((id) => id as ConversationId),
    seq: number,
    kind: fc.constantFrom("message", "edit", "join", "settings"),
    messageId: fc.option(text.map((id) => id as MessageId)),
    senderId: text.map((id) => id as UserId),
    senderName: text,
    clientId: fc.option(text.map((id) => id as ClientId)),
    contentHash: hash32,
    payload: bytes,
    keyId: fc.nat(),
    chain: fc.option(hash32),
    createdAt: number,
  },
  { noNullPrototype: true },
) satisfies fc.Arbitrary<Omit<EntryRow, "checksum">>;

const same = (a: unknown, b: unknown) => {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
};
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");

test("a chain is other wherever something was said otherwise, elsewhere, by another or after another", () => {
  const all = fc.tuple(row, row, hash32, hash32);
  fc.assert(
    fc.property(all, ([a, b, before, other]) => {
      const ofA = hex(nextChain(before, a, a.contentHash));
      assert.equal(ofA, hex(nextChain(before, { ...a }, Buffer.from(a.contentHash))));
      assert.equal(ofA.length, 64);
      if (!same(before, other)) assert.notEqual(ofA, hex(nextChain(other, a, a.contentHash)));
      for (const field of [
        "conversationId",
        "seq",
        "kind",
        "messageId",
        "senderId",
        "clientId",
        "createdAt",
      ] as const) {
        const changed = { ...a, [field]: b[field] };
        if (same(changed, a)) continue;
        assert.notEqual(ofA, hex(nextChain(before, changed, a.contentHash)), field);
      }
      if (same(a.contentHash, b.contentHash)) return;
      assert.notEqual(ofA, hex(nextChain(before, a, b.contentHash)));
    }),
  );
});

test("what one field loses and the next one wins makes another chain", () => {
  const base = { seq: 1, kind: "message", messageId: null, clientId: null, createdAt: 1 } as const;
  const at = (conversationId: string, senderId: string) =>
    hex(
      nextChain(
        chainStart("c" as ConversationId),
        { ...base, conversationId: conversationId as ConversationId, senderId: senderId as UserId },
        Buffer.alloc(32),
      ),
    );
  assert.notEqual(at("ab", "c"), at("a", "bc"));
  const withIds = (messageId: string | null, clientId: string | null) =>
    hex(
      nextChain(
        Buffer.alloc(32),
        {
          ...base,
          conversationId: "c" as ConversationId,
          senderId: "s" as UserId,
          messageId: messageId as MessageId | null,
          clientId: clientId as ClientId | null,
        },
        Buffer.alloc(32),
      ),
    );
  const chains = [
    withIds(null, ""),
    withIds("", null),
    withIds("", ""),
    withIds(null, null),
    withIds("-,", null),
  ];
  assert.equal(new Set(chains).size, chains.length);
});

test("erasing a message and forgetting its author's name leave its chain standing", () => {
  fc.assert(
    fc.property(row, hash32, (a, before) => {
      const sent = { ...a, kind: "message" } as const;
      const erased = { ...sent, kind: "erased", payload: Buffer.alloc(0), senderName: "" } as const;
      assert.equal(
        hex(nextChain(before, sent, a.contentHash)),
        hex(nextChain(before, erased, a.contentHash)),
      );
    }),
  );
});

test("two conversations start at different chains", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [a, b].map((id) => hex(chainStart(id as ConversationId)));
      assert.equal(x === y, a === b);
    }),
  );
});

test("a row is intact with the checksum of what it is, and with no other", () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      const checksum = Buffer.from(rowChecksum(a));
      assert.equal(checksum.length, 16);
      assert.equal(isIntact({ ...a, checksum }), true);
      for (const field of Object.keys(a) as (keyof typeof a)[]) {
        const changed = { ...a, [field]: b[field] };
        assert.equal(isIntact({ ...changed, checksum }), same(changed, a), field);
      }
    }),
  );
});

test("one bit that turned over in a payload is found", () => {
  const some = row.filter(({ payload }) => payload.length > 0);
  fc.assert(
    fc.property(some, fc.nat(), (a, place) => {
      const checksum = Buffer.from(rowChecksum(a));
      const payload = Buffer.from(a.payload);
      const bit = place % (payload.length * 8);
      const at = bit >> 3;
      payload[at] = (payload[at] ?? 0) ^ (1 << (bit & 7));
      assert.equal(isIntact({ ...a, payload, checksum }), false);
    }),
  );
});

test("a row that is older than checksums is taken at its word", () => {
  fc.assert(fc.property(row, (a) => isIntact({ ...a, checksum: null })));
});

test("the chain is what its description says, so that others can follow it", () => {
  // SHA-256("lair-chat log\0" + id), made with another program.
  assert.equal(
    hex(chainStart("01890000-0000-7000-8000-000000000001" as ConversationId)),
    "58b4abd27ffcce1831fedf87a7f6c8aef2b60af8bce245de64dbccc9d36e5b43",
  );
  const header = {
    conversationId: "01890000-0000-7000-8000-000000000001" as ConversationId,
    seq: 1,
    kind: "message",
    messageId: "01890000-0000-7000-8000-000000000002" as MessageId,
    senderId: "01890000-0000-7000-8000-000000000003" as UserId,
    clientId: null,
    createdAt: 1700000000000,
  } as const;
  const contentHash = Buffer.alloc(32, 7);
  const before = chainStart(header.conversationId);
  assert.equal(
    hex(nextChain(before, header, contentHash)),
    "35c609866bfaaf301c112529f4e298c222e4ab8255905e58bf59eece6bef7e76",
  );
});

test("checksums of rows that were written by earlier releases still hold", () => {
  const written = {
    conversationId: "01a1fff3-dff8-76dc-9098-96a3b76d91bc" as ConversationId,
    seq: 7,
    kind: "message",
    messageId: "01a1fff3-fa75-71a8-8e69-9122869f1950" as MessageId,
    senderId: "01a1fff3-f915-708f-853d-2e2a115b8ae9" as UserId,
    clientId: null,
    contentHash: Buffer.alloc(32, 1),
    keyId: 0,
    createdAt: 1795295541880,
    chain: Buffer.alloc(32, 2),
  } as const;
  const small = { ...written, senderName: "ann", payload: Buffer.from("hello") };
  assert.equal(hex(rowChecksum(small)), "c795c5bc505b552bdcc7a7080bf78430");
  // Not of ASCII only, and larger than what is put together in one piece.
  const large = { ...written, senderName: "Ännchen", payload: Buffer.alloc(70_000, "A") };
  assert.equal(hex(rowChecksum(large)), "7aebf887aa76c995b38f9da750dd9759");
});
