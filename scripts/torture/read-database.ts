import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import { toPageEntry } from "../../server/features/conversations/log-rules.ts";
import { readLog } from "../../server/features/conversations/log-store.ts";
import { migrateSqlite } from "../../server/storage/migrate.ts";
import { sqliteTables } from "../../server/storage/schema/sqlite.ts";
import { openConnection, readQueriesOn } from "../../server/storage/sqlite-connection.ts";
import type { LoggedEntry, ServerLog } from "./histories.ts";
import { corruptEntry, loggedEntry, placedEntry } from "./wire-entry.ts";

const pageEntries = 500;

/**
 * Reads the logs out of a database file the way the server does when it starts and is asked. An entry
 * of which it says that the disk has changed it is of the kind "corrupt".
 * @throws what the server would refuse the file with
 */
export async function readDatabase(file: string): Promise<ServerLog> {
  migrateSqlite({ file, create: false, now: Date.now() });
  const client = openConnection({ file, access: "write" });
  try {
    const reader = { read: readQueriesOn(client), tables: sqliteTables };
    const rows = await reader.read.select().from(sqliteTables.conversations);
    const log = new Map<string, readonly LoggedEntry[]>();
    for (const { id } of rows) {
      const { key, entries } = await readConversation(reader, id);
      if (entries.length > 0) log.set(key, entries);
    }
    return log;
  } finally {
    client.close();
  }
}

async function readConversation(reader: Parameters<typeof readLog>[0], id: ConversationId) {
  const found: LoggedEntry[] = [];
  let key = `unknown:${id}`;
  for (let after = 0, more = true; more; ) {
    const page = await readLog(reader, { conversationId: id, after, limit: pageEntries });
    for (const { seq, event } of page.entries.map((entry) => ({
      ...entry,
      event: toPageEntry(entry),
    }))) {
      const placed = "corrupt" in event ? undefined : placedEntry(event);
      found.push(placed === undefined ? corruptEntry(seq) : loggedEntry(placed));
      key = placed?.conversation ?? key;
      after = Math.max(after, seq);
    }
    more = page.hasMore && page.entries.length > 0;
  }
  return { key, entries: found };
}
