import { setImmediate as nextTurn } from "node:timers/promises";
import type { ConversationId, MessageId } from "@lair-chat/protocol/ids.ts";
import { and, asc, count, eq, gt, gte, inArray, isNull, lte, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { firstSeqFrom } from "../conversations/log-time-store.ts";

/** Counted without holding up the loop: there may be millions. Messages count that were sent, also when they were erased later. */

/** Rows that are counted before others get their turn. */
const rowsPerTurn = 10_000;
const conversationsPerPage = 100;
const idLength = 36;

const at = sql.placeholder;

const messagesFrom = preparedRead(({ read, tables: { logEntries } }) => {
  const some = read
    .select({ id: logEntries.messageId })
    .from(logEntries)
    .where(gt(logEntries.messageId, at("after")))
    .orderBy(asc(logEntries.messageId))
    .limit(at("rows"))
    .as("some");
  // Changes of a message are in the same index, under longer ids.
  const isMessage = sql`length(${some.id}) = ${idLength}`;
  return read
    .select({
      count: sql<number>`sum(case when ${isMessage} then 1 else 0 end)`,
      last: sql<MessageId | null>`max(${some.id})`,
    })
    .from(some)
    .prepare("count_messages");
});

/** All messages there ever were in the conversations that still are. */
export async function countMessages(reader: Reader, rows = rowsPerTurn): Promise<number> {
  let total = 0;
  let after: string = "";
  while (true) {
    const [page] = await messagesFrom(reader).execute({ after, rows });
    if (page === undefined || page.last === null) return total;
    total += page.count;
    after = page.last;
    await nextTurn();
  }
}

const messagesBetween = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select({ count: count() })
    .from(logEntries)
    .where(
      and(
        eq(logEntries.conversationId, at("conversationId")),
        gte(logEntries.seq, at("first")),
        lte(logEntries.seq, at("last")),
        inArray(logEntries.kind, ["message", "erased"]),
      ),
    )
    .prepare("count_messages_between"),
);

interface ActiveConversation {
  readonly conversationId: ConversationId;
  readonly head: number;
}

/** The messages that were sent since a time. */
export async function countMessagesSince(
  reader: Reader,
  time: number,
  rows = rowsPerTurn,
): Promise<number> {
  let total = 0;
  for await (const conversation of activeSince(reader, time)) {
    const { conversationId, head } = conversation;
    const start = await firstSeqFrom(reader, conversation, time);
    for (let first = start; first <= head; first += rows) {
      const last = Math.min(first + rows - 1, head);
      const [row] = await messagesBetween(reader).execute({ conversationId, first, last });
      total += row?.count ?? 0;
      await nextTurn();
    }
  }
  return total;
}

async function* activeSince(reader: Reader, time: number): AsyncGenerator<ActiveConversation> {
  const { conversations } = reader.tables;
  let after = "" as ConversationId;
  while (true) {
    const page = await reader.read
      .select({ conversationId: conversations.id, head: conversations.lastSeq })
      .from(conversations)
      .where(and(gt(conversations.id, after), gte(conversations.lastEntryAt, time)))
      .orderBy(asc(conversations.id))
      .limit(conversationsPerPage);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < conversationsPerPage) return;
    after = last.conversationId;
    await nextTurn();
  }
}

export async function countUsers({ read, tables: { users } }: Reader, createdSince: number) {
  return {
    total: await read.$count(users),
    createdSince: await read.$count(users, gte(users.createdAt, createdSince)),
  };
}

export async function countRooms(
  { read, tables: { rooms, conversations } }: Reader,
  activeFrom: number,
) {
  const isActive = and(eq(conversations.kind, "room"), gte(conversations.lastEntryAt, activeFrom));
  return {
    total: await read.$count(rooms),
    public: await read.$count(rooms, eq(rooms.isPrivate, false)),
    active: await read.$count(conversations, isActive),
  };
}

/** Sessions that somebody could go on with. */
export async function countSessions({ read, tables: { sessions } }: Reader, now: number) {
  return read.$count(sessions, and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now)));
}
