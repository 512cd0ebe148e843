import { spanOf } from "../../store/conversation.ts";
import type { Conversation, ConversationKey, State } from "../../store/state.ts";

/** The conversations as the sidebar has them: rooms, then people, each by name. */
export function listedConversations({ conversations }: Pick<State, "conversations">): {
  rooms: readonly Conversation[];
  direct: readonly Conversation[];
} {
  const all = [...conversations.values()].sort(byTitle);
  return {
    rooms: all.filter(({ kind }) => kind === "room"),
    direct: all.filter(({ kind }) => kind === "dm"),
  };
}

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

const byTitle = (a: Conversation, b: Conversation): number =>
  collator.compare(a.title, b.title) || (a.key < b.key ? -1 : 1);

/** All of them in the order in which keys step through them. */
export function conversationOrder(state: Pick<State, "conversations">): readonly Conversation[] {
  const { rooms, direct } = listedConversations(state);
  return [...rooms, ...direct];
}

/** How much in a conversation has not been seen. */
export function unreadIn(conversation: Conversation, open: ConversationKey | undefined): number {
  if (conversation.key === open) return 0;
  const { entries, counted, head, readSeq } = conversation;
  const span = spanOf(conversation);
  if (span !== undefined && span.from <= readSeq + 1) return messagesAfter(entries, readSeq);
  if (counted === undefined) return Math.max(0, head - readSeq);
  // What the server counted is not here; what came since is.
  const before = readSeq < counted.upTo ? counted.unread : 0;
  return before + messagesAfter(entries, Math.max(readSeq, counted.upTo));
}

function messagesAfter(entries: Conversation["entries"], seq: number): number {
  const first = entries.findLastIndex((entry) => entry.seq <= seq) + 1;
  return entries.slice(first).filter(({ kind }) => kind === "message").length;
}

export function totalUnread({
  conversations,
  open,
}: Pick<State, "conversations" | "open">): number {
  let total = 0;
  for (const conversation of conversations.values()) total += unreadIn(conversation, open);
  return total;
}
