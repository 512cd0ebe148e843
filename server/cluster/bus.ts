import type { ConversationId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";

/** Events that are not in any log: they may be lost. */
export type EphemeralEvent = EventOf<"user_typing"> | EventOf<"server_notice">;

/** Tells connected people things. Logged events do not pass here: they are published as they are committed. */
export interface Bus {
  /** To every connection of the conversation's members but those of `except`. */
  toConversation(conversationId: ConversationId, event: EphemeralEvent, except: UserId): void;
  /** To every connection of a user. */
  toUser(userId: UserId, event: EphemeralEvent): void;
  /** Closes every connection that lives by this session. */
  endSession(sessionId: SessionId): void;
}
