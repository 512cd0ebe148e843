import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Conversation, ConversationKey, Span, State } from "./state.ts";

export const roomKey = (id: RoomId): ConversationKey => `room:${id}`;
export const directKey = (id: UserId): ConversationKey => `dm:${id}`;

/** Where a message to this conversation goes. */
export function targetOf(key: ConversationKey): MessageTarget {
  const id = key.slice(key.indexOf(":") + 1);
  return key.startsWith("room:")
    ? { type: "room", room_id: id as RoomId }
    : { type: "dm", recipient: id as UserId };
}

/** Which conversation something belongs to that `author` addressed, as `me` sees it. */
export function keyOf(target: MessageTarget, author: UserId, me: UserId): ConversationKey {
  if (target.type === "room") return roomKey(target.room_id);
  return directKey(author === me ? target.recipient : author);
}

/** What is known of a conversation from the start. */
export type ConversationStart = Pick<Conversation, "key" | "title"> & Partial<Conversation>;

export function newConversation(start: ConversationStart): Conversation {
  return {
    kind: start.key.startsWith("room:") ? "room" : "dm",
    description: undefined,
    role: undefined,
    isPrivate: false,
    memberCount: 0,
    members: { state: "unknown" },
    entries: [],
    head: 0,
    reachedStart: false,
    history: "idle",
    outgoing: [],
    readSeq: 0,
    serverReadSeq: 0,
    changes: new Map(),
    typing: new Map(),
    draft: "",
    joined: true,
    ...start,
  };
}

/** The stretch of the log that is here, or undefined where nothing was loaded yet. */
export function spanOf({
  span,
  entries,
}: Pick<Conversation, "span" | "entries">): Span | undefined {
  if (span !== undefined) return span;
  const [first] = entries;
  const last = entries.at(-1);
  return first === undefined || last === undefined ? undefined : { from: first.seq, to: last.seq };
}

/** The state with one conversation changed; the same state if there is no such one, or no change. */
export function changeConversation(
  state: State,
  key: ConversationKey,
  change: (conversation: Conversation) => Conversation,
): State {
  const before = state.conversations.get(key);
  if (before === undefined) return state;
  const after = change(before);
  return after === before ? state : withConversation(state, after);
}

// More than anybody is in; against a server that makes them up.
const CONVERSATIONS = 10_000;

/** The state with this conversation added, or put in the place of the one of its key. */
export function withConversation(state: State, conversation: Conversation): State {
  const { conversations } = state;
  if (conversations.size >= CONVERSATIONS && !conversations.has(conversation.key)) return state;
  return { ...state, conversations: new Map(conversations).set(conversation.key, conversation) };
}
