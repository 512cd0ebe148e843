import type { Result } from "@lair-chat/protocol/registry.ts";
import { withSetBack } from "./apply-resume.ts";
import { directKey, newConversation, roomKey, withConversation } from "./conversation.ts";
import { withPeople } from "./people.ts";
import { factsOfRoom } from "./room-facts.ts";
import type { Conversation, ConversationKey, State } from "./state.ts";

export type Listed = Result<"list_conversations">["conversations"][number];

/** What was known when the list was asked for: what came since is not held against it. */
export interface Asked {
  readonly now: number;
  /** The conversations we were in, and the newest seq we knew of each. */
  readonly known: ReadonlyMap<ConversationKey, number>;
  readonly remembered: Remembered;
}

/** What this machine knows of conversations that are not in the state yet. */
export interface Remembered {
  readonly read: ReadonlyMap<ConversationKey, number>;
  readonly drafts: ReadonlyMap<ConversationKey, string>;
}

/** The conversations before the list is asked for. */
export function askedNow(state: State, remembered: Remembered, now: number): Asked {
  const known = new Map<ConversationKey, number>();
  for (const conversation of state.conversations.values()) {
    if (conversation.joined) known.set(conversation.key, conversation.head);
  }
  return { now, known, remembered };
}

/** The state with all the conversations the server says we are in. */
export function applyConversations(state: State, listed: readonly Listed[], asked: Asked): State {
  const keys = new Set(listed.map(keyOfListed));
  let next = withPeople(state, listed.flatMap(peerOf));
  for (const one of listed) next = withListed(next, one, asked);
  for (const key of asked.known.keys()) {
    if (key.startsWith("room:") && !keys.has(key)) next = withoutMembership(next, key);
  }
  return next;
}

function keyOfListed(listed: Listed): ConversationKey {
  return listed.kind === "room" ? roomKey(listed.room.id) : directKey(listed.peer.id);
}

function peerOf(listed: Listed) {
  if (listed.kind === "room") return [];
  return [{ id: listed.peer.id, username: listed.peer.username, online: listed.online }];
}

function withListed(state: State, listed: Listed, asked: Asked): State {
  const key = keyOfListed(listed);
  const before = state.conversations.get(key);
  const facts = factsOf(listed);
  if (before === undefined) {
    const { read, drafts } = asked.remembered;
    const readSeq = Math.min(listed.head, Math.max(read.get(key) ?? 0, listed.read_seq));
    const draft = drafts.get(key) ?? "";
    const fresh = newConversation({ key, ...facts, readSeq, draft, head: listed.head });
    return withConversation(state, fresh);
  }
  const newest = asked.known.get(key) ?? 0;
  if (listed.head < newest) {
    const known = withConversation(state, { ...before, ...facts });
    return withSetBack(known, key, { head: listed.head, now: asked.now });
  }
  const head = Math.max(before.head, listed.head);
  const readSeq = Math.max(before.readSeq, Math.min(listed.read_seq, head));
  return withConversation(state, { ...before, ...facts, head, readSeq, joined: true });
}

function factsOf(listed: Listed): Pick<Conversation, "title"> & Partial<Conversation> {
  const marker = {
    serverReadSeq: listed.read_seq,
    counted: { unread: listed.unread_count, upTo: listed.head },
  };
  if (listed.kind === "dm") return { title: listed.peer.username, ...marker };
  const { room, role, member_count: memberCount } = listed;
  return { ...factsOfRoom(room), role, memberCount, ...marker };
}

function withoutMembership(state: State, key: ConversationKey): State {
  const before = state.conversations.get(key);
  return before === undefined ? state : withConversation(state, { ...before, joined: false });
}
