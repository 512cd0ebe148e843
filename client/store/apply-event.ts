import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { AnyEvent, EventName, EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import {
  changeConversation,
  keyOf,
  newConversation,
  roomKey,
  spanOf,
  withConversation,
} from "./conversation.ts";
import { toEntry } from "./log-entry.ts";
import { KEPT, KEPT_OPEN, mergeRange, trimEntries } from "./log-range.ts";
import { withMemberChange } from "./membership.ts";
import { withNotice } from "./notices.ts";
import { withPeople } from "./people.ts";
import { withReadMarker } from "./read-marker.ts";
import type { Conversation, ConversationKey, Notice, State } from "./state.ts";
import { withoutTyping, withTyping } from "./typing.ts";

/**
 * The state after something the server said. Events of a log may come twice, late or not at all:
 * what is there already is passed over, the next one is appended, and one behind a hole only raises
 * `head`, which tells the caller to fetch what is missing.
 */
export function applyEvent(state: State, event: AnyEvent, now: number): State {
  const apply = appliers[event.type] as Applier<AnyEvent>;
  return apply(state, event, now);
}

type Applier<E> = (state: State, event: E, now: number) => State;

const appliers: { readonly [N in EventName]: Applier<EventOf<N>> } = {
  // Both are the link's business.
  server_hello: (state) => state,
  error: (state) => state,
  server_notice: (state, { message, severity }, now) =>
    withNotice(state, { text: message, severity: severityOf(severity), at: now }),
  message_received: (state, event) => applyMessage(state, event),
  user_joined_room: (state, event) => applyMembership(state, event),
  user_left_room: (state, event) => applyMembership(state, event),
  user_online: (state, { user_id: id, username }) =>
    withPeople(state, [{ id, username, online: true }]),
  user_offline: (state, { user_id: id, username }) =>
    withPeople(state, [{ id, username, online: false }]),
  user_typing: applyTyping,
};

function severityOf(severity: string): Notice["severity"] {
  if (severity === "critical") return "error";
  return severity === "warning" ? "warning" : "info";
}

/** The conversation a logged event belongs to. */
export function conversationOf(event: LoggedEvent, me: UserId): ConversationKey {
  if (event.type !== "message_received") return roomKey(event.room_id);
  return keyOf(event.message.target, event.message.author, me);
}

function applyMessage(state: State, event: EventOf<"message_received">): State {
  const { me } = state;
  if (me === undefined) return state;
  const { message, author_username: username } = event;
  const key = conversationOf(event, me.id);
  const known = withPeople(state, [{ id: message.author, username }]);
  const title = message.author === me.id ? "…" : username;
  return changeConversation(withDirect(known, key, title), key, (conversation) => {
    const logged = applyLogged(conversation, event, known);
    return withoutTyping(logged, message.author);
  });
}

/** The first message between two begins their conversation; the title is put right by the next list. */
function withDirect(state: State, key: ConversationKey, title: string): State {
  if (key.startsWith("room:") || state.conversations.has(key)) return state;
  return withConversation(state, newConversation({ key, title }));
}

function applyMembership(
  state: State,
  event: EventOf<"user_joined_room"> | EventOf<"user_left_room">,
): State {
  const who =
    event.type === "user_joined_room"
      ? { id: event.user.id, username: event.user.username }
      : { id: event.user_id, username: event.username };
  return changeConversation(withPeople(state, [who]), roomKey(event.room_id), (conversation) => {
    const logged = applyLogged(conversation, event, state);
    // What the server has told us of already is in its member count and lists as well.
    return event.seq > conversation.head
      ? withMemberChange(logged, event, who.id === state.me?.id)
      : logged;
  });
}

function applyLogged(conversation: Conversation, event: LoggedEvent, state: State): Conversation {
  const { seq } = event;
  const span = spanOf(conversation);
  const isNext = span === undefined || seq === span.to + 1;
  if (!isNext) {
    return seq > span.to
      ? { ...conversation, head: Math.max(conversation.head, seq) }
      : conversation;
  }
  const isOpen = state.open === conversation.key;
  const range = { from: seq, to: seq, entries: [toEntry(event)], reachedStart: seq === 1 };
  const grown = trimEntries(mergeRange(conversation, range), isOpen ? KEPT_OPEN : KEPT);
  return withReadMarker(grown, { me: state.me?.id, isOpen });
}

function applyTyping(state: State, event: EventOf<"user_typing">, now: number): State {
  const { user_id: who, target } = event;
  const { me } = state;
  if (me === undefined || who === me.id) return state;
  return changeConversation(state, keyOf(target, who, me.id), (conversation) =>
    withTyping(conversation, who, now),
  );
}
