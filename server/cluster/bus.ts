import type { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";

/** Events that are not in any log: they may be lost. */
export type EphemeralEvent =
  | EventOf<"user_typing">
  | EventOf<"server_notice">
  | EventOf<"room_deleted">
  | EventOf<"invitation_received">
  | EventOf<"invitation_cancelled">
  | EventOf<"messages_read">;

/** Tells connected people things. Logged events do not pass here: they are published as they are committed. */
export interface Bus {
  /** To every connection of the conversation's members but those of `except`. */
  toConversation(conversationId: ConversationId, event: EphemeralEvent, except: UserId): void;
  /** Tells all who were in a conversation that is no more, in which nobody hears anything from then on. */
  closeConversation(
    conversationId: ConversationId,
    event: EphemeralEvent,
    members: readonly UserId[],
  ): void;
  /** To every connection of a user. */
  toUser(userId: UserId, event: EphemeralEvent): void;
  /** To every signed-in connection there is; says how many these were. */
  toEveryone(event: EphemeralEvent): number;
  /** Something was committed to a user's own log: it is read from there and told. */
  userLogGrew(userId: UserId): void;
  /** Says why and closes every connection of a user. */
  endUser(userId: UserId, error: ChatError): void;
  /** Closes every connection that lives by this session. */
  endSession(sessionId: SessionId): void;
}
