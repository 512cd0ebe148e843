import type { SessionData } from "../files/session-data.ts";
import type { Sighting } from "../store/people.ts";
import type { Conversation, ConversationKey, ServerLog } from "../store/state.ts";

/** What was here when the file was opened. */
export interface Loaded {
  readonly conversations: readonly Conversation[];
  readonly log: ServerLog | undefined;
  readonly people: readonly Sighting[];
  /** What was on screen. */
  readonly open: ConversationKey | undefined;
  /** Of conversations that the server has not named yet. */
  readonly read: ReadonlyMap<ConversationKey, number>;
  readonly drafts: ReadonlyMap<ConversationKey, string>;
  /** What the person should know. */
  readonly notices: readonly string[];
}

/** What an earlier version of this client kept in the session file. */
export type Moved = Pick<SessionData, "read" | "drafts" | "outgoing">;
