import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId, RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { conversationOfRoom, type LogEntry } from "../../storage/log-entry.ts";
import {
  makeRoom,
  makeUsers,
  newId,
  openTestStorage,
  type TestStorage,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import type { TestUser } from "../../test/storage-operations.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import { joinRoomOperation, leaveRoomOperation } from "../rooms/room-store.ts";
import { toMessage } from "./log-rules.ts";
import { headOf, readLog, readMessages } from "./log-store.ts";

const seqs = (entries: readonly LogEntry[]) => entries.map((entry) => entry.seq);

/** A room whose log is a join and then `count` messages, one millisecond after the other. */
async function roomWithMessages(count: number): Promise<
  TestStorage & {
    readonly room: RoomId;
    readonly conversationId: ConversationId;
    readonly ann: TestUser;
  }
> {
  let now = 1000;
  const storage = await openTestStorage({ open: { now: () => now } });
  const { ann } = await makeUsers(storage.db, "ann");
  const room = await makeRoom(storage.db, ann);
  for (let n = 2; n <= count + 1; n += 1) {
    now = 1000 * n;
    await storage.db.write(appendMessageOperation, toRoom(room, ann, `message ${n}`));
  }
  return { ...storage, room, conversationId: conversationOfRoom(room), ann };
}

test("a thousand sends at once to several rooms get dense places in the order of the calls", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const rooms = await Promise.all(Array.from({ length: 7 }, () => makeRoom(db, ann)));
  const announced: LogEntry[] = [];
  db.onCommit((entries) => announced.push(...entries));
  const results = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => {
      const room = rooms[index % rooms.length];
      assert(room !== undefined);
      return db.write(appendMessageOperation, toRoom(room, ann, String(index)));
    }),
  );
  for (const room of rooms) {
    const conversationId = conversationOfRoom(room);
    const { entries } = await readLog(db, { conversationId, limit: 500 });
    assert.deepEqual(
      seqs(entries),
      entries.map((_, index) => index + 1),
    );
    assert.equal((await headOf(db, conversationId)).seq, entries.length);
    const sent = results.filter(({ entry }) => entry.conversationId === conversationId);
    assert.deepEqual(
      sent.map(({ entry }) => entry.seq),
      sent.map((_, index) => index + 2),
    );
  }
  assert.equal(announced.length, 1000);
});

test("a retry gets the entry of the first try, and it is not announced again", async () => {
  await using storage = await openTestStorage();
  const { ann } = await makeUsers(storage.db, "ann");
  const room = await makeRoom(storage.db, ann);
  const announced: LogEntry[] = [];
  storage.db.onCommit((entries) => announced.push(...entries));
  const clientId = newId.client();
  const [first, sameTurn] = await Promise.all([
    storage.db.write(appendMessageOperation, toRoom(room, ann, "hello", clientId)),
    storage.db.write(appendMessageOperation, toRoom(room, ann, "hello", clientId)),
  ]);
  const later = await storage.db.write(
    appendMessageOperation,
    toRoom(room, ann, "hello", clientId),
  );
  assert.deepEqual([first.repeated, sameTurn.repeated, later.repeated], [false, true, true]);
  for (const { entry } of [sameTurn, later]) {
    assert.deepEqual(toMessage(entry), toMessage(first.entry));
    assert.deepEqual(Buffer.from(entry.chain ?? []), Buffer.from(first.entry.chain ?? []));
    const rest = { payload: null, chain: null };
    assert.deepEqual({ ...entry, ...rest }, { ...first.entry, ...rest });
  }
  assert.equal(announced.length, 1);
  assert.equal((await headOf(storage.db, conversationOfRoom(room))).seq, 2);
});

test("another message under the same client_id is a conflict", async () => {
  await using storage = await openTestStorage();
  const { ann } = await makeUsers(storage.db, "ann");
  const room = await makeRoom(storage.db, ann);
  const clientId = newId.client();
  await storage.db.write(appendMessageOperation, toRoom(room, ann, "hello", clientId));
  await assert.rejects(
    storage.db.write(appendMessageOperation, toRoom(room, ann, "goodbye", clientId)),
    { code: "id_conflict" },
  );
  assert.equal((await headOf(storage.db, conversationOfRoom(room))).seq, 2);
});

test("a client_id is one sender's in one conversation, and no one else's", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const [room, other] = [await makeRoom(db, ann), await makeRoom(db, ann)];
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const clientId = newId.client();
  const sends = [
    toRoom(room, ann, "1", clientId),
    toRoom(room, bob, "2", clientId),
    toRoom(other, ann, "3", clientId),
    toUser(bob.id, ann, "4", clientId),
    toUser(ann.id, bob, "5", clientId),
  ];
  for (const send of sends) {
    assert.equal((await db.write(appendMessageOperation, send)).repeated, false);
  }
  for (const send of sends) {
    assert.equal((await db.write(appendMessageOperation, send)).repeated, true);
  }
});

test("a retry is answered even when its sender may not write any more", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  await db.write(joinRoomOperation, { roomId: room, userId: bob.id });
  const send = toRoom(room, bob, "stored, but never acknowledged");
  const { entry } = await db.write(appendMessageOperation, send);
  await db.write(leaveRoomOperation, { roomId: room, userId: bob.id });
  const retry = await db.write(appendMessageOperation, send);
  assert.deepEqual([retry.repeated, retry.entry.seq], [true, entry.seq]);
  await assert.rejects(db.write(appendMessageOperation, toRoom(room, bob, "new")), {
    code: "not_room_member",
  });
});

test("a clock that goes back does not date an entry before the one it follows", async () => {
  let now = 5000;
  await using storage = await openTestStorage({ open: { now: () => now } });
  const { ann } = await makeUsers(storage.db, "ann");
  const room = await makeRoom(storage.db, ann);
  const times: number[] = [];
  for (now of [9000, 2000, 7000, 9500]) {
    const { entry } = await storage.db.write(appendMessageOperation, toRoom(room, ann, "tick"));
    times.push(entry.createdAt);
  }
  assert.deepEqual(times, [9000, 9000, 9000, 9500]);
});

test("what is read from the log is what was announced", async () => {
  await using storage = await openTestStorage();
  const { db } = storage;
  const announced: LogEntry[] = [];
  db.onCommit((entries) => announced.push(...entries));
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  await db.write(appendMessageOperation, toUser(bob.id, ann, "naïve ✓", null));
  const [entry] = announced;
  assert(entry !== undefined);
  const log = await readLog(db, { conversationId: entry.conversationId, limit: 10 });
  const plain = ({ payload, chain, ...rest }: LogEntry) => ({
    ...rest,
    payload: Buffer.from(payload).toString(),
    chain: Buffer.from(chain ?? []).toString("hex"),
  });
  assert.deepEqual(log.entries.map(plain), announced.map(plain));
});

test("the log is read in pages in both directions, each saying truly whether there is more", async () => {
  await using storage = await roomWithMessages(9);
  const { db, conversationId } = storage;
  const page = async (
    range: { readonly before?: number; readonly after?: number },
    limit: number,
  ) => {
    const { entries, hasMore } = await readLog(db, { conversationId, ...range, limit });
    return [seqs(entries), hasMore];
  };
  assert.deepEqual(await page({}, 4), [[7, 8, 9, 10], true]);
  assert.deepEqual(await page({}, 10), [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], false]);
  assert.deepEqual(await page({ before: 7 }, 4), [[3, 4, 5, 6], true]);
  assert.deepEqual(await page({ before: 3 }, 2), [[1, 2], false]);
  assert.deepEqual(await page({ before: 1 }, 2), [[], false]);
  assert.deepEqual(await page({ after: 0 }, 3), [[1, 2, 3], true]);
  assert.deepEqual(await page({ after: 7 }, 3), [[8, 9, 10], false]);
  assert.deepEqual(await page({ after: 10 }, 3), [[], false]);
  assert.deepEqual(await page({ after: 2, before: 6 }, 2), [[3, 4], true]);
  assert.deepEqual(await page({ after: 2, before: 5 }, 2), [[3, 4], false]);
});

test("messages are read newest first, by place or by time", async () => {
  await using storage = await roomWithMessages(9);
  const { db, conversationId } = storage;
  const page = async (range: object, limit = 3) => {
    const { entries, hasMore } = await readMessages(db, { conversationId, ...range, limit });
    return [seqs(entries), hasMore];
  };
  assert.deepEqual(await page({}), [[10, 9, 8], true]);
  assert.deepEqual(await page({}, 9), [[10, 9, 8, 7, 6, 5, 4, 3, 2], false]);
  assert.deepEqual(await page({ before: { seq: 4 } }), [[3, 2], false]);
  assert.deepEqual(await page({ after: { seq: 4 } }), [[7, 6, 5], true]);
  assert.deepEqual(await page({ after: { seq: 7 } }), [[10, 9, 8], false]);
  // The entry of seq n is dated 1000 n.
  assert.deepEqual(await page({ before: { time: 4000 } }), [[3, 2], false]);
  assert.deepEqual(await page({ before: { time: 4001 } }), [[4, 3, 2], false]);
  assert.deepEqual(await page({ after: { time: 7000 } }), [[10, 9, 8], false]);
  assert.deepEqual(await page({ after: { time: 6999 } }), [[9, 8, 7], true]);
  assert.deepEqual(await page({ after: { time: 10_000 } }), [[], false]);
  assert.deepEqual(await page({ before: { time: 0 } }), [[], false]);
  assert.deepEqual(await page({ after: { time: 3000 }, before: { seq: 6 } }), [[5, 4], false]);
});

test("messages are found however many joins and leaves lie between them", async () => {
  await using storage = await roomWithMessages(1);
  const { db, conversationId, room, ann } = storage;
  const { bob } = await makeUsers(db, "bob");
  const comeAndGo = (times: number): Promise<unknown>[] =>
    Array.from({ length: times }, () => [
      db.write(joinRoomOperation, { roomId: room, userId: bob.id }),
      db.write(leaveRoomOperation, { roomId: room, userId: bob.id }),
    ]).flat();
  const send = () => db.write(appendMessageOperation, toRoom(room, ann, "still here?"));
  // The log is looked through in parts: these are the last and the first entries of such parts.
  await Promise.all(comeAndGo(500).concat(send(), send()));
  await Promise.all(comeAndGo(499).concat(send(), send()));
  await Promise.all(comeAndGo(499).concat(send()));
  const newestFirst = [3003, 2004, 2003, 1004, 1003, 2];
  for (let limit = 1; limit <= newestFirst.length; limit += 1) {
    const newest = await readMessages(db, { conversationId, limit });
    assert.deepEqual(seqs(newest.entries), newestFirst.slice(0, limit));
    assert.equal(newest.hasMore, limit < newestFirst.length);
    const behind = await readMessages(db, { conversationId, after: { seq: 2 }, limit });
    assert.deepEqual(seqs(behind.entries), newestFirst.slice(0, 5).slice(-limit));
    assert.equal(behind.hasMore, limit < 5);
  }
});

test("a conversation that does not exist has an empty log", async () => {
  await using storage = await openTestStorage();
  const conversationId = newId.conversation();
  assert.equal((await headOf(storage.db, conversationId)).seq, 0);
  const empty = { entries: [], hasMore: false };
  assert.deepEqual(await readLog(storage.db, { conversationId, limit: 5 }), empty);
  assert.deepEqual(await readMessages(storage.db, { conversationId, limit: 5 }), empty);
});

test("a log is read whole in pages of any number of rows and bytes, forward and backward", async () => {
  await using storage = await roomWithMessages(150);
  const { conversationId, db } = storage;
  const all = seqs((await readLog(db, { conversationId, after: 0, limit: 500 })).entries);
  assert.equal(all.length, 151);
  const pages = fc.record({
    limit: fc.integer({ min: 1, max: 200 }),
    bytes: fc.integer({ min: 0, max: 3000 }),
    isForward: fc.boolean(),
  });
  const wholeInPages = async (shape: PageShape) => {
    const read: LogEntry[] = [];
    let hasMore = true;
    while (hasMore) {
      const page = await readOn(db, conversationId, { read, ...shape });
      hasMore = page.hasMore;
      if (shape.isForward) read.push(...page.entries);
      else read.unshift(...page.entries);
    }
    assert.deepEqual(seqs(read), all);
  };
  await fc.assert(fc.asyncProperty(pages, wholeInPages), { numRuns: 60 });
});

test("of long messages about as many are read as one reply holds", async () => {
  await using storage = await roomWithMessages(0);
  const { conversationId, db, room, ann } = storage;
  const text = "x".repeat(limits.contentBytes);
  const sends = Array.from({ length: 200 }, () => toRoom(room, ann, text));
  await Promise.all(sends.map((send) => db.write(appendMessageOperation, send)));
  const { entries, hasMore } = await readLog(db, { conversationId, after: 0, limit: 500 });
  assert.ok(hasMore);
  const bytes = payloadBytes(entries);
  assert.ok(bytes > limits.pageBytes * 0.9 && bytes <= limits.pageBytes + limits.contentBytes);
});

test("a row whose content is gone is shown as damaged, and what stands around it is read", async () => {
  await using storage = await roomWithMessages(3);
  const { conversationId, db, file } = storage;
  loseContent(file, 3);
  const { entries } = await readLog(db, { conversationId, after: 0, limit: 500 });
  assert.deepEqual(seqs(entries), [1, 2, 3, 4]);
  assert.deepEqual(
    entries.map((entry) => entry.isCorrupt === true),
    [false, false, true, false],
  );
});

/** What a flipped bit in the header of a row does: its value is NULL, though the table has none. */
function loseContent(file: string, seq: number): void {
  const client = new Sqlite(file);
  try {
    client.unsafeMode(true);
    client.pragma("writable_schema = ON");
    const declared = "`payload` blob NOT NULL";
    const loosen = client.prepare(
      "update sqlite_schema set sql = replace(sql, ?, '`payload` blob') where name = 'log_entries' and instr(sql, ?)",
    );
    assert.equal(loosen.run(declared, declared).changes, 1);
    client.pragma("writable_schema = RESET");
    client.prepare("update log_entries set payload = null where seq = ?").run(seq);
  } finally {
    client.close();
  }
}

/** The page behind, or before, what has been read, which keeps to its bounds. */
async function readOn(
  db: TestStorage["db"],
  conversationId: ConversationId,
  {
    read,
    isForward,
    limit,
    bytes,
  }: PageShape & {
    readonly read: readonly LogEntry[];
  },
) {
  const edge = isForward ? { after: read.at(-1)?.seq ?? 0 } : { before: read[0]?.seq };
  const page = await readLog(db, { conversationId, ...edge, limit, bytes });
  const { entries } = page;
  assert.ok(entries.length > 0 && entries.length <= limit);
  assert.ok(payloadBytes(isForward ? entries.slice(0, -1) : entries.slice(1)) <= bytes);
  return page;
}

function payloadBytes(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.length, 0);
}

interface PageShape {
  readonly limit: number;
  readonly bytes: number;
  readonly isForward: boolean;
}
