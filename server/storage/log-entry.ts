import type {
  ClientId,
  ConversationId,
  MessageId,
  RoomId,
  UserId,
} from "@lair-chat/protocol/ids.ts";

/** What an entry of a conversation's log is. Later kinds (MLS commits) join this list, not other tables. */
export type EntryKind =
  | "message"
  | "edit"
  /** Where a message stood that was deleted. */
  | "erased"
  | "delete"
  | "join"
  | "leave"
  | "role"
  | "settings";

/** What a writer hands to the log; place and time are the log's to give. */
export interface EntryDraft {
  readonly conversationId: ConversationId;
  /** The two users of a direct conversation; absent for a room. */
  readonly pair?: readonly [UserId, UserId];
  readonly kind: EntryKind;
  /** Of an edit or a delete: one derived from its message's, see `change-store`. Null for what is no message. */
  readonly messageId: MessageId | null;
  readonly senderId: UserId;
  readonly senderName: string;
  /** Makes the entry idempotent for its sender. */
  readonly clientId: ClientId | null;
  /** Opaque to the log. */
  readonly payload: Uint8Array;
  /** Of an edit or a delete: the message as it is now. Not stored with it, but found again by readers. */
  readonly subject?: LogEntry;
  /** Of an edit: members who may not read the message, and are not told its content. Not stored. */
  readonly hiddenFrom?: readonly UserId[];
}

/** An entry as it stands in the log. */
export interface LogEntry extends EntryDraft {
  /** Dense from 1, in commit order. */
  readonly seq: number;
  /** Milliseconds since the epoch; never before the entry's predecessor. For display: `seq` orders. */
  readonly createdAt: number;
  /** Hash over the log up to and with this entry, see `log-chain`; null for entries older than chains. */
  readonly chain: Uint8Array | null;
  /** The row does not have the checksum it was written with: nothing in it but its place is to be believed. */
  readonly isCorrupt?: boolean;
  /** Of a message: its content is not what was sent first. */
  readonly isEdited?: boolean;
  /** Of what was erased. */
  readonly deletedBy?: UserId;
}

/** The log of a room: a room's id is its conversation's id. */
export function conversationOfRoom(roomId: RoomId): ConversationId {
  return roomId as string as ConversationId;
}

/** The way back, for a conversation that is known to be a room. */
export function roomOfConversation(conversationId: ConversationId): RoomId {
  return conversationId as string as RoomId;
}
