import type { MessageEntry, State } from "../store/state.ts";

/** The newest message of ours in the conversation on screen, as far as it is loaded. */
export function lastOwnMessage({ open, conversations, me }: State): MessageEntry | undefined {
  const entries = open === undefined ? [] : (conversations.get(open)?.entries ?? []);
  const own = entries.findLast((entry) => entry.kind === "message" && entry.authorId === me?.id);
  return own?.kind === "message" ? own : undefined;
}
