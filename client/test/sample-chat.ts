import type { ClientId, InvitationId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import {
  type Conversation,
  type ConversationKey,
  type Entry,
  type Invitation,
  initialState,
  type MessageEntry,
  type Outgoing,
  type State,
} from "../store/state.ts";

/** Saturday 21 November 2026, 12:00 UTC. */
export const noon = Date.UTC(2026, 10, 21, 12, 0);

const MINUTE = 60_000;

export const ann = "ann" as UserId;
export const bob = "bob" as UserId;
export const carol = "carol" as UserId;
export const general: ConversationKey = `room:${"general" as RoomId}`;
export const random: ConversationKey = `room:${"random" as RoomId}`;
export const withBob: ConversationKey = `dm:${bob}`;

/** A message of the log, one minute after the one before. */
export const message = (seq: number, content: string, author: UserId = bob): MessageEntry => ({
  kind: "message",
  seq,
  at: noon - 300 * MINUTE + seq * MINUTE,
  authorId: author,
  author,
  id: `m${seq}` as MessageId,
  clientId: undefined,
  content,
  edited: false,
});

export const messages = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    message(from + index, `message ${from + index}`),
  );

export const outgoing = (content: string, status: Outgoing["status"]): Outgoing => ({
  clientId: `c-${content}` as ClientId,
  content,
  createdAt: noon,
  status,
});

/** Bob wants Ann in a room. */
export const invitation = (roomName: string, given: Partial<Invitation> = {}): Invitation => ({
  id: roomName as InvitationId,
  roomId: roomName as RoomId,
  roomName,
  inviter: "bob",
  message: undefined,
  expiresAt: noon + 7 * 24 * 60 * MINUTE,
  ...given,
});

export function conversation(
  key: ConversationKey,
  title: string,
  given: Partial<Conversation> = {},
): Conversation {
  const entries = given.entries ?? [];
  const head = given.head ?? entries.at(-1)?.seq ?? 0;
  return {
    key,
    kind: key.startsWith("room:") ? "room" : "dm",
    title,
    description: undefined,
    role: "member",
    isPrivate: false,
    memberCount: 3,
    members: { state: "unknown" },
    entries,
    head,
    reachedStart: true,
    history: "idle",
    outgoing: [],
    readSeq: head,
    serverReadSeq: 0,
    changes: new Map(),
    typing: new Map(),
    draft: "",
    joined: true,
    ...given,
  };
}

/** Ann, signed in, with these conversations and the first of them open. */
export function chatState(
  conversations: readonly Conversation[],
  given: Partial<State> = {},
): State {
  return {
    ...initialState,
    link: { state: "online", since: noon },
    me: { id: ann, username: "ann", role: "user", server: "chat.example", transport: "tls" },
    people: new Map([
      [ann, { id: ann, username: "ann", online: true }],
      [bob, { id: bob, username: "bob", online: true }],
      [carol, { id: carol, username: "carol", online: false }],
    ]),
    conversations: new Map(conversations.map((one) => [one.key, one])),
    open: conversations[0]?.key,
    ...given,
  };
}

/** The state with one conversation changed. */
export function withConversation(
  state: State,
  key: ConversationKey,
  change: (conversation: Conversation) => Conversation,
): State {
  const before = state.conversations.get(key);
  if (before === undefined) throw new Error(`no conversation ${key}`);
  return { ...state, conversations: new Map(state.conversations).set(key, change(before)) };
}
