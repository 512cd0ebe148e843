import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import Sqlite from "better-sqlite3";
import { toPageEntry } from "../features/conversations/log-rules.ts";
import { readLog } from "../features/conversations/log-store.ts";
import { deleteMessageOperation } from "../features/messages/message-change-store.ts";
import { appendMessageOperation } from "../features/messages/message-store.ts";
import {
  makeRoom,
  makeUsers,
  openTestStorage,
  temporaryFolder,
  toRoom,
} from "../test/storage-fixture.ts";
import { conversationOfRoom } from "./log-entry.ts";
import { sqliteTables } from "./schema/sqlite.ts";
import { openConnection, readQueriesOn } from "./sqlite-connection.ts";
import { sqliteFault } from "./sqlite-errors.ts";
import { verifySqlite } from "./verify-sqlite.ts";

const flips = 200;

async function databaseIn(file: string): Promise<ConversationId> {
  await using storage = await openTestStorage({ file });
  const { db } = storage;
  const { ann } = await makeUsers(db, "ann");
  const room = await makeRoom(db, ann);
  for (let index = 0; index < 60; index += 1) {
    const text = `message ${index} `.repeat(1 + (index % 9));
    const { entry } = await db.write(appendMessageOperation, toRoom(room, ann, text));
    const { messageId } = entry;
    if (messageId !== null && index % 5 === 0) {
      await db.write(deleteMessageOperation, { messageId, by: ann });
    }
  }
  return conversationOfRoom(room);
}

/** The log as its readers get it, or undefined where the file says itself that it is damaged. */
async function pageOf(file: string, conversationId: ConversationId) {
  try {
    const client = openConnection({ file, access: "read" });
    using _closing = { [Symbol.dispose]: () => void client.close() };
    const reader = { read: readQueriesOn(client), tables: sqliteTables };
    const { entries } = await readLog(reader, { conversationId, after: 0, limit: 500 });
    return entries.map(toPageEntry);
  } catch (error) {
    if (sqliteFault(error) === "corrupt") return undefined;
    throw error;
  }
}

/** The pages that hold the entries themselves, and not an index over them. */
function pagesOfLog(file: string): readonly number[] {
  const client = new Sqlite(file, { readonly: true });
  try {
    const sql = "select pageno from dbstat where name = 'log_entries' and pagetype = 'leaf'";
    return client
      .prepare<[], { pageno: number }>(sql)
      .all()
      .map(({ pageno }) => pageno);
  } finally {
    client.close();
  }
}

type PageEntry = ReturnType<typeof toPageEntry>;

/** Numbers that are the same at each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

test("whichever bit of the log turns over, nobody is shown what nobody said, and no page is an error", async () => {
  using folder = temporaryFolder();
  const file = folder.file("lair-chat.db");
  const conversationId = await databaseIn(file);
  const intact = readFileSync(file);
  const said = await pageOf(file, conversationId);
  assert.ok(said !== undefined && said.length > 60);
  const pages = pagesOfLog(file);
  const random = numbers(20_260_131);
  const found = { silent: 0, corrupt: 0, file: 0 };
  for (let flip = 0; flip < flips; flip += 1) {
    const page = pages[random.next().value % pages.length] ?? 1;
    const at = (page - 1) * 4096 + (random.next().value % 4096);
    const bytes = Buffer.from(intact);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (random.next().value % 8));
    writeFileSync(file, bytes);
    const read = await pageOf(file, conversationId);
    const { problemCount } = verifySqlite(file);
    if (read === undefined) {
      found.file += 1;
      assert.ok(problemCount > 0);
      continue;
    }
    const isSaid = (entry: PageEntry): boolean =>
      entry.type === "entry_corrupt" || said.some((one) => isSame(one, entry));
    for (const entry of read)
      assert.ok(isSaid(entry), `bit of byte ${at}: ${JSON.stringify(entry)}`);
    if (isSame(read, said)) found.silent += 1;
    else {
      found.corrupt += 1;
      assert.ok(problemCount > 0, `byte ${at}: verify saw nothing`);
    }
  }
  // What is not used by any row may turn over unseen.
  assert.ok(found.corrupt > flips / 4, JSON.stringify(found));
});

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
