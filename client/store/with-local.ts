import { type Sighting, withPeople } from "./people.ts";
import type { Conversation, ServerLog, State } from "./state.ts";

/** The state as it was when the client ended, as far as it was kept. */
export function withLocal(
  state: State,
  {
    conversations,
    log,
    people = [],
  }: {
    readonly conversations: readonly Conversation[];
    readonly log: ServerLog | undefined;
    readonly people?: readonly Sighting[];
  },
): State {
  const known = new Map(conversations.map((conversation) => [conversation.key, conversation]));
  const next = { ...state, conversations: known, ...(log !== undefined && { log }) };
  return withPeople(next, people);
}
