import type { Conversation, ServerLog, State } from "./state.ts";

/** The state as it was when the client ended, as far as it was kept. */
export function withLocal(
  state: State,
  {
    conversations,
    log,
  }: { readonly conversations: readonly Conversation[]; readonly log: ServerLog | undefined },
): State {
  const known = new Map(conversations.map((conversation) => [conversation.key, conversation]));
  return { ...state, conversations: known, ...(log !== undefined && { log }) };
}
