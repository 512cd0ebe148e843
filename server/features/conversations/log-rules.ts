import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Message } from "@lair-chat/protocol/messages/shapes.ts";
import type { EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { type EntryKind, type LogEntry, roomOfConversation } from "../../storage/log-entry.ts";

/** What entries hold, and the events they are pushed and read as. Pure: no database, no sockets. */

type JoinedEvent = EventOf<"user_joined_room">;

/** What a join entry holds of the one who joined: nothing that only its owner may see. */
export interface JoinPayload {
  readonly user: Omit<JoinedEvent["user"], "email" | "last_seen_at">;
  readonly membership: JoinedEvent["membership"];
}

export interface LeavePayload {
  readonly user_id: UserId;
  readonly username: string;
  readonly reason: "left" | "kicked" | "banned" | "room_deleted";
}

const encoder = new TextEncoder();
// What the log holds was checked on its way in: damage must show and not become other characters.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeContent(content: string): Uint8Array {
  return encoder.encode(content);
}

export function encodeJoin(payload: JoinPayload): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}

export function encodeLeave(payload: LeavePayload): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}

/** Milliseconds since the epoch, as the wire writes it. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const events: { readonly [Kind in EntryKind]: (entry: LogEntry) => LoggedEvent } = {
  message: (entry) => ({
    type: "message_received",
    message: toMessage(entry),
    author_username: entry.senderName,
    seq: entry.seq,
  }),
  join: (entry) => {
    const { user, membership } = decodeJson<JoinPayload>(entry);
    return {
      type: "user_joined_room",
      room_id: roomOfConversation(entry.conversationId),
      user: { ...user, email: "", last_seen_at: null },
      membership,
      ...place(entry),
    };
  },
  leave: (entry) => ({
    type: "user_left_room",
    room_id: roomOfConversation(entry.conversationId),
    ...decodeJson<LeavePayload>(entry),
    ...place(entry),
  }),
};

/** An entry as the event it is pushed and read as. */
export function toEvent(entry: LogEntry): LoggedEvent {
  return events[entry.kind](entry);
}

/** A message as every reader of its conversation sees it, the author included. */
export function toMessage(entry: LogEntry): Message {
  if (entry.kind !== "message" || entry.messageId === null) {
    throw new Error(`Entry ${entry.seq} of ${entry.conversationId} is no message.`);
  }
  return {
    id: entry.messageId,
    author: entry.senderId,
    target: targetOf(entry),
    content: decoder.decode(entry.payload),
    edited: false,
    created_at: timestamp(entry.createdAt),
    seq: entry.seq,
    ...(entry.clientId !== null && { client_id: entry.clientId }),
  };
}

/** In a direct conversation the recipient is the one who did not write. */
function targetOf({ pair, senderId, conversationId }: LogEntry): Message["target"] {
  if (pair === undefined) return { type: "room", room_id: roomOfConversation(conversationId) };
  return { type: "dm", recipient: pair[0] === senderId ? pair[1] : pair[0] };
}

function place({ seq, createdAt }: LogEntry): { seq: number; created_at: string } {
  return { seq, created_at: timestamp(createdAt) };
}

/** What was encoded above, by this release or an older one. */
function decodeJson<Payload>(entry: LogEntry): Payload {
  return JSON.parse(decoder.decode(entry.payload)) as Payload;
}
