import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import { and, asc, eq, gte, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";

const at = sql.placeholder;

const entryFrom = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select({ seq: logEntries.seq, createdAt: logEntries.createdAt })
    .from(logEntries)
    .where(and(eq(logEntries.conversationId, at("conversationId")), gte(logEntries.seq, at("seq"))))
    .orderBy(asc(logEntries.seq))
    .limit(1)
    .prepare("entry_from_seq"),
);

/** A log as far as it went when somebody looked. */
export interface LogExtent {
  readonly conversationId: ConversationId;
  readonly head: number;
}

/** The first seq whose entry is not before a time; one behind the head when all are. Found by halving, as times grow with seq. */
export async function firstSeqFrom(
  reader: Reader,
  { conversationId, head }: LogExtent,
  time: number,
): Promise<number> {
  let low = 1;
  let high = head + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await entryFrom(reader).execute({ conversationId, seq: middle });
    if (entry === undefined || entry.createdAt >= time) high = middle;
    else low = entry.seq + 1;
  }
  return low;
}
