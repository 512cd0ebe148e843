import type { ConversationId, MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import { eq, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import { type EntryRow, isIntact } from "../../storage/log-chain.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import { openPayload } from "../../storage/payload-seal.ts";
import { preparedRead } from "../../storage/prepared.ts";

export type { EntryRow } from "../../storage/log-chain.ts";

/** A row of the log as an entry; what became of a message since is added by `withChanges`. */
export function entryOf(reader: Reader, row: EntryRow, pair: LogEntry["pair"]): LogEntry {
  const { contentHash: _hash, checksum: _checksum, keyId, payload, ...rest } = row;
  if (!isIntact(row)) return damaged(reader, row, pair);
  const opened = openPayload(row.conversationId, { payload, keyId });
  return { ...rest, ...(pair && { pair }), payload: opened };
}

/** Who reads messages and no log (Lair Chat 1.x) sees this in the place of one. */
const damageText = new TextEncoder().encode("[This message was damaged on the server's disk.]");
const noId = "00000000-0000-0000-0000-000000000000" as MessageId;
const lastDate = 8.64e15;

/** An entry of which only the place is believed; what else it has fits its type and says nothing. */
function damaged(reader: Reader, row: EntryRow, pair: LogEntry["pair"]): LogEntry {
  const { conversationId, seq, kind, createdAt } = row;
  reader.foundCorrupt?.({ conversationId, seq });
  return {
    conversationId,
    seq,
    kind,
    ...(pair && { pair }),
    messageId: kind === "message" ? (String(row.messageId ?? noId) as MessageId) : null,
    senderId: String(row.senderId) as UserId,
    senderName: "",
    clientId: null,
    payload: damageText,
    createdAt: createdAt >= 0 && createdAt <= lastDate ? createdAt : 0,
    chain: null,
    isCorrupt: true,
  };
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
