import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Handler } from "../../commands/handler.ts";
import { readableConversation } from "../conversations/readable-store.ts";
import { type ReadMarker, unreadCount } from "../conversations/unread-store.ts";
import type { MessagesDeps } from "./messages-deps.ts";
import { markReadOperation, readMarkerOf, seqOfMessage } from "./read-marker-store.ts";

type Deps = Pick<MessagesDeps, "db" | "bus">;

export function createMarkMessagesRead({ db, bus }: Deps): Handler<"mark_messages_read"> {
  return async ({ session: { userId } }, { target, up_to: upTo }) => {
    const readable = await readableConversation(db, userId, target);
    if (readable === undefined) return nothingSaid(upTo);
    const { conversationId } = readable;
    const seq = typeof upTo === "number" ? upTo : await seqOfMessage(db, readable, upTo);
    const before = await readMarkerOf(db, conversationId, userId);
    const marker = await moved(db, { conversationId, userId, seq }, before);
    const count = await unreadCount(db, userId, marker);
    const read = { read_seq: marker.readSeq, unread_count: count };
    // To all connections of the user: the one that asked knows it already and loses nothing.
    if (marker !== before) bus.toUser(userId, { type: "messages_read", target, ...read });
    return read;
  };
}

/** A direct conversation in which nothing was said yet has nothing to read. */
function nothingSaid(upTo: number | string) {
  if (typeof upTo === "string") throw new ChatError("message_not_found");
  return { read_seq: 0, unread_count: 0 };
}

/** The marker afterwards, which is the one before where it need not be moved: that costs no write. */
async function moved(
  db: Deps["db"],
  wanted: {
    readonly conversationId: ConversationId;
    readonly userId: UserId;
    readonly seq: number;
  },
  before: ReadMarker | undefined,
): Promise<ReadMarker> {
  if (before !== undefined && Math.min(wanted.seq, before.head) <= before.readSeq) return before;
  return db.write(markReadOperation, wanted);
}
