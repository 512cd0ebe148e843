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
  return Math.max(0, conversation.head - conversation.readSeq);
}

export function totalUnread({
  conversations,
  open,
}: Pick<State, "conversations" | "open">): number {
  let total = 0;
  for (const conversation of conversations.values()) total += unreadIn(conversation, open);
  return total;
}
