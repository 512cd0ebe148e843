import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { eq, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import { openPayload } from "../../storage/payload-seal.ts";
import { preparedRead } from "../../storage/prepared.ts";

export type EntryRow = Reader["tables"]["logEntries"]["$inferSelect"];

/** A row of the log as an entry; what became of a message since is added by `withChanges`. */
export function entryOf(row: EntryRow, pair: LogEntry["pair"]): LogEntry {
  const { contentHash: _hash, keyId, payload, ...rest } = row;
  const opened = openPayload(row.conversationId, { payload, keyId });
  return { ...rest, ...(pair && { pair }), payload: opened };
}

const pairQuery = preparedRead(({ read, tables: { directConversations } }) =>
  read
    .select({ low: directConversations.lowUserId, high: directConversations.highUserId })
    .from(directConversations)
    .where(eq(directConversations.id, sql.placeholder("conversationId")))
    .prepare("direct_pair"),
);

/** The two users of a direct conversation; undefined for a room. */
export async function pairOf(
  reader: Reader,
  conversationId: ConversationId,
): Promise<readonly [UserId, UserId] | undefined> {
  const [row] = await pairQuery(reader).execute({ conversationId });
  return row && [row.low, row.high];
}
