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

function seenUnopened(conversation: Conversation, me: UserId | undefined): number {
  const { entries, readSeq } = conversation;
  const unread = entriesAfter(entries, readSeq);
  const own = unread.findLastIndex((entry) => entry.kind === "message" && entry.authorId === me);
  const seen = unread[own]?.seq ?? readSeq;
  const span = spanOf(conversation);
  // What was written between is not here yet.
  if (span === undefined || span.from > seen + 1) return seen;
  const news = unread.slice(own + 1).find(({ kind }) => kind === "message");
  return Math.max(seen, news === undefined ? span.to : news.seq - 1);
}

/** The conversation as the server knows how far it was read, here or on another machine. */
export function withServerMarker(
  conversation: Conversation,
  { read_seq, unread_count }: { readonly read_seq: number; readonly unread_count: number },
): Conversation {
  return {
    ...conversation,
    readSeq: Math.max(conversation.readSeq, read_seq),
    serverReadSeq: Math.max(conversation.serverReadSeq, read_seq),
    counted: { unread: unread_count, upTo: conversation.head },
  };
}

function entriesAfter(entries: readonly Entry[], seq: number): readonly Entry[] {
  return entries.slice(entries.findLastIndex((entry) => entry.seq <= seq) + 1);
}
