import { setImmediate as nextTurn } from "node:timers/promises";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, eq, gt, ne, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";

/**
 * Entries behind a marker that are looked at for messages, the newest first: a count is exact up to
 * there and a lower bound beyond, so that nobody's absence costs more than this.
 */
const entriesLookedAt = 1_000;
/** Conversations counted before others get their turn. */
const countsPerTurn = 8;

const at = sql.placeholder;

const unreadQuery = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select({ count: sql<number>`count(*)` })
    .from(logEntries)
    .where(
      and(
        eq(logEntries.conversationId, at("conversationId")),
        gt(logEntries.seq, at("after")),
        eq(logEntries.kind, "message"),
        ne(logEntries.senderId, at("userId")),
      ),
    )
    .prepare("unread_messages"),
);

/** How far a member has read, in a log that went up to `head` when it was looked at. */
export interface ReadMarker {
  readonly conversationId: ConversationId;
  readonly readSeq: number;
  readonly head: number;
}

/** Messages of others behind the marker, that still are there. */
export async function unreadCount(
  reader: Reader,
  userId: UserId,
  { conversationId, readSeq, head }: ReadMarker,
): Promise<number> {
  const after = Math.max(readSeq, head - entriesLookedAt);
  if (after >= head) return 0;
  const [row] = await unreadQuery(reader).execute({ conversationId, after, userId });
  return row?.count ?? 0;
}

/** The same for many conversations. Not for transactions: it lets the loop turn. */
export async function unreadCounts(
  reader: Reader,
  userId: UserId,
  markers: readonly ReadMarker[],
): Promise<ReadonlyMap<ConversationId, number>> {
  const counts = new Map<ConversationId, number>();
  const behind = markers.filter(({ readSeq, head }) => readSeq < head);
  for (const [index, marker] of behind.entries()) {
    if (index > 0 && index % countsPerTurn === 0) await nextTurn();
    const count = await unreadCount(reader, userId, marker);
    if (count > 0) counts.set(marker.conversationId, count);
  }
  return counts;
}

/** What a user has not read, by room and by the other user of a direct conversation. */
export interface UnreadMessages {
  readonly rooms: ReadonlyMap<ConversationId, number>;
  readonly users: ReadonlyMap<UserId, number>;
}

/** Everything a user has not read. */
export async function unreadMessagesOf(reader: Reader, userId: UserId): Promise<UnreadMessages> {
  const rows = await conversationsBehind(reader, userId);
  const peers = new Map(
    rows.flatMap(({ conversationId, low, high }) =>
      low === null || high === null ? [] : [[conversationId, low === userId ? high : low] as const],
    ),
  );
  const counts = await unreadCounts(reader, userId, rows);
  const rooms = new Map<ConversationId, number>();
  const users = new Map<UserId, number>();
  for (const [conversationId, count] of counts) {
    const peer = peers.get(conversationId);
    if (peer === undefined) rooms.set(conversationId, count);
    else users.set(peer, count);
  }
  return { rooms, users };
}

function conversationsBehind({ read, tables }: Reader, userId: UserId) {
  const { members, conversations, directConversations: pairs } = tables;
  return read
    .select({
      conversationId: members.conversationId,
      readSeq: readUpTo(tables),
      head: conversations.lastSeq,
      low: pairs.lowUserId,
      high: pairs.highUserId,
    })
    .from(members)
    .innerJoin(conversations, eq(conversations.id, members.conversationId))
    .leftJoin(pairs, eq(pairs.id, members.conversationId))
    .where(
      and(
        eq(members.userId, userId),
        gt(conversations.lastSeq, members.readSeq),
        gt(conversations.lastSeq, members.joinedSeq),
      ),
    );
}

/** A member's marker: what was said before they came counts as read. */
export function readUpTo({ members }: Reader["tables"]) {
  const { readSeq, joinedSeq } = members;
  return sql<number>`case when ${readSeq} < ${joinedSeq} then ${joinedSeq} else ${readSeq} end`;
}
