import type { UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Conversation, State } from "./state.ts";

/** How long somebody is believed to be writing: two notices may be lost. */
const TYPING_SHOWN_MS = limits.typingMs * 2;

const WRITERS = 50;

export function withTyping(conversation: Conversation, who: UserId, now: number): Conversation {
  const writers = [...conversation.typing].filter(([id, until]) => until > now && id !== who);
  const typing = new Map([...writers.slice(-WRITERS), [who, now + TYPING_SHOWN_MS] as const]);
  return { ...conversation, typing };
}

export function withoutTyping(conversation: Conversation, who: UserId): Conversation {
  if (!conversation.typing.has(who)) return conversation;
  const typing = new Map(conversation.typing);
  typing.delete(who);
  return { ...conversation, typing };
}

/** The state without those whose writing is too long ago. */
export function withoutExpiredTyping(state: State, now: number): State {
  const stale = [...state.conversations.values()].filter(({ typing }) =>
    [...typing.values()].some((until) => until <= now),
  );
  if (stale.length === 0) return state;
  const conversations = new Map(state.conversations);
  for (const conversation of stale) {
    const typing = new Map([...conversation.typing].filter(([, until]) => until > now));
    conversations.set(conversation.key, { ...conversation, typing });
  }
  return { ...state, conversations };
}

/** When the next of them is to be forgotten. */
export function nextTypingExpiry(state: State): number | undefined {
  let next: number | undefined;
  for (const { typing } of state.conversations.values()) {
    for (const until of typing.values()) next = Math.min(next ?? until, until);
  }
  return next;
}
