import type { UserId } from "@lair-chat/protocol/ids.ts";
import {
  changeConversation,
  directKey,
  newConversation,
  spanOf,
  targetOf,
  withConversation,
} from "../store/conversation.ts";
import { withPeople } from "../store/people.ts";
import { withReadMarker } from "../store/read-marker.ts";
import type { ConversationKey, State } from "../store/state.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { lookForPerson } from "./look-for-person.ts";
import { failed } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;

/** What is on screen, and how far back it goes. */
export function openConversationActions({
  store,
  sessions,
}: Parts): Pick<Actions, "openConversation" | "closeConversation" | "openDirect" | "loadOlder"> {
  function openConversation(key: ConversationKey): void {
    store.update((state) => (state.conversations.has(key) ? opened(state, key) : state));
    const conversation = store.get().conversations.get(key);
    const session = sessions.current;
    if (conversation === undefined || session === undefined) return;
    // It may be kept here, whether there is a connection or not.
    if (spanOf(conversation) === undefined) void session.log.loadOlder(key);
    if (session.online.link === undefined) return;
    const target = targetOf(key);
    if (target.type === "dm") void lookForPerson({ store, sessions }, target.recipient);
    session.log.nameDeleters(key, 0);
    if (spanOf(conversation) !== undefined) void session.log.catchUp(key);
  }

  return {
    openConversation,
    closeConversation: () => store.update((state) => opened(state, undefined)),
    openDirect(userId: UserId, username: string) {
      const key = directKey(userId);
      store.update((state) => {
        const known = withPeople(state, [{ id: userId, username }]);
        if (known.conversations.has(key)) return known;
        return withConversation(known, newConversation({ key, title: username }));
      });
      openConversation(key);
    },
    loadOlder: async (key) =>
      (await sessions.current?.log.loadOlder(key)) ?? failed("Sign in first."),
  };
}

function opened(state: State, key: ConversationKey | undefined): State {
  if (state.open === key) return state;
  const closed = state.open === undefined ? state : withClosed(state, state.open);
  const next: State = { ...closed, open: key };
  if (key === undefined) return next;
  const reader = { me: state.me?.id, isOpen: true };
  return changeConversation(next, key, (conversation) => withReadMarker(conversation, reader));
}

/** A room that was left is gone when nobody looks at it any more, unless something in it was not sent. */
function withClosed(state: State, key: ConversationKey): State {
  const conversation = state.conversations.get(key);
  if (conversation === undefined) return state;
  if (!conversation.joined && conversation.outgoing.length === 0) {
    const conversations = new Map(state.conversations);
    conversations.delete(key);
    return { ...state, conversations };
  }
  return state;
}
