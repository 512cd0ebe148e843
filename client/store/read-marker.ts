import type { UserId } from "@lair-chat/protocol/ids.ts";
import { spanOf } from "./conversation.ts";
import type { Conversation, Entry } from "./state.ts";

/** Who reads, and whether the conversation is on the screen. */
export interface Reader {
  readonly me: UserId | undefined;
  readonly isOpen: boolean;
}

/**
 * The conversation with its read marker where it belongs: at the end of what is on screen; else at
 * our own last message, because whoever writes has seen what stands above, and past those who came
 * and went, because they are no news.
 */
export function withReadMarker(conversation: Conversation, { me, isOpen }: Reader): Conversation {
  const seen = isOpen ? (spanOf(conversation)?.to ?? 0) : seenUnopened(conversation, me);
  return seen > conversation.readSeq ? { ...conversation, readSeq: seen } : conversation;
}

function seenUnopened({ entries, readSeq }: Conversation, me: UserId | undefined): number {
  const unread = entriesAfter(entries, readSeq);
  const own = unread.findLastIndex(({ kind, authorId }) => kind === "message" && authorId === me);
  let seen = unread[own]?.seq ?? readSeq;
  for (const { seq, kind } of unread.slice(own + 1)) {
    if (kind === "message" || seq !== seen + 1) break;
    seen = seq;
  }
  return seen;
}

function entriesAfter(entries: readonly Entry[], seq: number): readonly Entry[] {
  return entries.slice(entries.findLastIndex((entry) => entry.seq <= seq) + 1);
}
