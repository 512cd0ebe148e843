import type { AnyEvent, EventName, EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { applyHeads, isOldUserEntry, withUserSeq } from "./apply-delivery.ts";
import {
  changeConversation,
  keyOf,
  newConversation,
  roomKey,
  spanOf,
  withConversation,
} from "./conversation.ts";
import {
  toInvitation,
  withInvitation,
  withoutInvitation,
  withoutInvitationsTo,
} from "./invitations.ts";
import { conversationOf } from "./log-conversation.ts";
import { toLogged } from "./log-entry.ts";
import { mergeRange, withHistoryUnknown } from "./log-range.ts";
import { withMemberChange, withRoleChange } from "./membership.ts";
import { withNotice } from "./notices.ts";
import { withPeople } from "./people.ts";
import { withReadMarker, withServerMarker } from "./read-marker.ts";
import { withoutDeletedRoom } from "./room-deleted.ts";
import { factsOfRoom } from "./room-facts.ts";
import type { Conversation, ConversationKey, Notice, State } from "./state.ts";
import { withoutTyping, withTyping } from "./typing.ts";

/**
 * The state after something the server said. Events of a log may come twice, late or not at all:
 * what is there already is passed over, the next one is appended, and one behind a hole only raises
 * `head`, which tells the caller to fetch what is missing.
 */
export function applyEvent(state: State, event: AnyEvent, now: number): State {
  if (isOldUserEntry(state, event)) return state;
  const apply = appliers[event.type] as Applier<AnyEvent>;
  return withUserSeq(apply(state, event, now), event);
}

type Applier<E> = (state: State, event: E, now: number) => State;

const appliers: { readonly [N in EventName]: Applier<EventOf<N>> } = {
  // These are the link's business.
  server_hello: (state) => state,
  error: (state) => state,
  session_expiring: applyExpiry,
  server_notice: (state, { message, severity }, now) =>
    withNotice(state, { text: message, severity: severityOf(severity), at: now }),
  message_received: (state, event) => applyMessage(state, event),
  message_edited: (state, event) => applyChange(state, event),
  message_deleted: (state, event) => applyChange(state, event),
  messages_read: (state, { target, ...marker }) =>
    state.me === undefined
      ? state
      : changeConversation(state, keyOf(target, state.me.id, state.me.id), (conversation) =>
          withServerMarker(conversation, marker),
        ),
  user_joined_room: (state, event) => applyMembership(state, event),
  user_left_room: (state, event) => applyMembership(state, event),
  member_role_changed: applyRole,
  room_updated: applyRoomUpdate,
  room_deleted: applyRoomDeleted,
  invitation_received: applyInvitation,
  invitation_cancelled: (state, { invitation_id: id }) => withoutInvitation(state, id),
  user_online: (state, { user_id: id, username }) =>
    withPeople(state, [{ id, username, online: true }]),
  user_offline: (state, { user_id: id, username }) =>
    withPeople(state, [{ id, username, online: false }]),
  user_typing: applyTyping,
  heads: (state, event) => applyHeads(state, event),
  // Taken apart where it comes in.
  room_messages: (state) => state,
  // Whoever catches up does something about it.
  resync: (state) => state,
  invitation_settled: (state, { invitation_id: id }) => withoutInvitation(state, id),
  // Nothing on screen shows these; each list of them is asked for when somebody opens it.
  session_started: (state) => state,
  sessions_ended: (state) => state,
  block_changed: (state) => state,
};

const MINUTE_MS = 60_000;

/** Said until it is dismissed: whoever comes back after the end should know why. */
function applyExpiry(
  state: State,
  { expires_at }: EventOf<"session_expiring">,
  now: number,
): State {
  const minutes = Math.max(1, Math.ceil((Date.parse(expires_at) - now) / MINUTE_MS));
  const time = minutes === 1 ? "in a minute" : `in ${minutes} minutes`;
  const text = `Your session ends ${time}. You will have to sign in again; what is not sent by then is kept.`;
  return withNotice(state, { severity: "error", text, at: now });
}

function severityOf(severity: string): Notice["severity"] {
  if (severity === "critical") return "error";
  return severity === "warning" ? "warning" : "info";
}

function applyMessage(state: State, event: EventOf<"message_received">): State {
  const { me } = state;
  if (me === undefined) return state;
  const { message, author_username: username } = event;
  const key = keyOf(message.target, message.author, me.id);
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
  const isMe = who.id === state.me?.id;
  const known = withPeople(state, [who]);
  const isOurJoin = isMe && event.type === "user_joined_room";
  const next = isOurJoin ? withoutInvitationsTo(known, event.room_id) : known;
  return applyFacts(next, roomKey(event.room_id), event, (logged) =>
    withMemberChange(logged, event, isMe),
  );
}

/** Puts the event in its place in the log, and with it what it says about the conversation as it is now. */
function applyFacts(
  state: State,
  key: ConversationKey,
  event: LoggedEvent,
  change: (logged: Conversation) => Conversation,
): State {
  return changeConversation(state, key, (conversation) => {
    const logged = applyLogged(conversation, event, state);
    // What the server has told us of already is in its counts and lists as well.
    return event.seq > conversation.head ? change(logged) : logged;
  });
}

function applyChange(
  state: State,
  event: EventOf<"message_edited"> | EventOf<"message_deleted">,
): State {
  const key = conversationOf(event, state);
  if (key === undefined) return state;
  return changeConversation(state, key, (conversation) => applyLogged(conversation, event, state));
}

function applyRole(state: State, event: EventOf<"member_role_changed">): State {
  const { user_id: id, username } = event;
  const known = withPeople(state, [{ id, username }]);
  return applyFacts(known, roomKey(event.room_id), event, (logged) =>
    withRoleChange(logged, event, id === state.me?.id),
  );
}

function applyRoomUpdate(state: State, event: EventOf<"room_updated">): State {
  return applyFacts(state, roomKey(event.room.id), event, (logged) => {
    const changed = { ...logged, ...factsOfRoom(event.room) };
    return event.changes.includes("settings.history") ? withHistoryUnknown(changed) : changed;
  });
}

function applyRoomDeleted(state: State, event: EventOf<"room_deleted">, now: number): State {
  const { room_id: roomId, room_name: name, deleted_by: deletedBy, reason } = event;
  const before = state.conversations.get(roomKey(roomId));
  const next = withoutDeletedRoom(state, roomId);
  if (before === undefined || deletedBy === state.me?.id) return next;
  const why = reason === undefined || reason === null || reason === "" ? "" : ` (${reason})`;
  const unsent = before.outgoing.length === 0 ? "" : " What you had not sent there is gone too.";
  const text = `The room #${name} was deleted${why}.${unsent}`;
  return withNotice(next, { severity: "warning", text, at: now });
}

function applyInvitation(state: State, event: EventOf<"invitation_received">, now: number): State {
  const invitation = toInvitation(event.invitation);
  const text = `${invitation.inviter} invites you to #${invitation.roomName}: /accept or /decline.`;
  return withNotice(withInvitation(state, invitation), { severity: "info", text, at: now });
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
  const { entry, change } = toLogged(event);
  const range = {
    from: seq,
    to: seq,
    entries: entry === undefined ? [] : [entry],
    changes: change === undefined ? [] : [{ seq, change }],
    reachedStart: seq === 1,
  };
  return withReadMarker(mergeRange(conversation, range), { me: state.me?.id, isOpen });
}

function applyTyping(state: State, event: EventOf<"user_typing">, now: number): State {
  const { user_id: who, target } = event;
  const { me } = state;
  if (me === undefined || who === me.id) return state;
  return changeConversation(state, keyOf(target, who, me.id), (conversation) =>
    withTyping(conversation, who, now),
  );
}
