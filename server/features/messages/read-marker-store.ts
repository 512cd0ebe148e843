import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, eq } from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { messageById } from "../conversations/change-store.ts";
import { pairOf } from "../conversations/entry-row-store.ts";
import { targetFor } from "../conversations/log-rules.ts";
import { headOf } from "../conversations/log-store.ts";
import type { Readable } from "../conversations/readable-store.ts";
import { type ReadMarker, readUpTo, unreadCount } from "../conversations/unread-store.ts";
import { appendToUserLog } from "../user-log/user-log-store.ts";

export interface MarkReadArgs {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly seq: number;
}

/** How far a user has read; undefined for one who is not in the conversation. */
export async function readMarkerOf(
  reader: Reader,
  conversationId: ConversationId,
  userId: UserId,
): Promise<ReadMarker | undefined> {
  const { members } = reader.tables;
  const [row] = await reader.read
    .select({ readSeq: readUpTo(reader.tables) })
    .from(members)
    .where(and(eq(members.conversationId, conversationId), eq(members.userId, userId)));
  if (row === undefined) return undefined;
  // After the marker, so that it is never behind it.
  const { seq: head } = await headOf(reader, conversationId);
  return { conversationId, ...row, head };
}

/**
 * Moves a marker forward, up to the end of the log, and never back. Resolves with where it is now.
 * @throws ChatError `not_room_member` for one who left meanwhile
 */
export const markReadOperation = writeOperation(
  "mark_read",
  async (tx, { conversationId, userId, seq }: MarkReadArgs): Promise<ReadMarker> => {
    const { members } = tx.tables;
    const marker = await readMarkerOf(tx, conversationId, userId);
    if (marker === undefined) throw new ChatError("not_room_member");
    const readSeq = Math.min(seq, marker.head);
    if (readSeq <= marker.readSeq) return marker;
    const isIt = and(eq(members.conversationId, conversationId), eq(members.userId, userId));
    await tx.db.update(members).set({ readSeq }).where(isIt);
    const moved = { ...marker, readSeq };
    await tellReader(tx, userId, moved);
    return moved;
  },
  { keepsMemory: true },
);

/** The marker is the largest of what any device said, so the newest entry of a conversation is all that counts. */
async function tellReader(tx: WriteTransaction, userId: UserId, marker: ReadMarker): Promise<void> {
  const { conversationId, readSeq } = marker;
  await appendToUserLog(tx, userId, {
    type: "messages_read",
    target: targetFor(userId, conversationId, await pairOf(tx, conversationId)),
    read_seq: readSeq,
    unread_count: await unreadCount(tx, userId, marker),
  });
}

/** The place of a message, an erased one too. @throws ChatError `message_not_found`, also for one that may not be read */
export async function seqOfMessage(
  reader: Reader,
  { conversationId, startsAt }: Readable,
  messageId: string,
): Promise<number> {
  const message = await messageById(reader, messageId as MessageId);
  const isHere = message?.conversationId === conversationId && message.seq >= startsAt;
  if (isHere) return message.seq;
  throw new ChatError("message_not_found");
}
