import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, eq, gt } from "drizzle-orm";
import { historyStart } from "../../rights/history.ts";
import type { Reader } from "../../storage/database.ts";

/** The first entry that a member of a room may read; undefined for one who is not in it. */
export async function historyStartOf(
  { read, tables: { members, rooms } }: Reader,
  conversationId: ConversationId,
  userId: UserId,
): Promise<number | undefined> {
  const [row] = await read
    .select({ history: rooms.history, joinedSeq: members.joinedSeq })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.conversationId))
    .where(and(eq(members.conversationId, conversationId), eq(members.userId, userId)));
  return row && historyStart(row.history, row.joinedSeq);
}

/** The members of a room who may not read what stands at `seq`. */
export async function membersBehind(
  { read, tables: { members, rooms } }: Reader,
  conversationId: ConversationId,
  seq: number,
): Promise<readonly UserId[]> {
  const rows = await read
    .select({ id: members.userId })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.conversationId))
    .where(
      and(
        eq(members.conversationId, conversationId),
        eq(rooms.history, "joined"),
        gt(members.joinedSeq, seq),
      ),
    );
  return rows.map((row) => row.id);
}
