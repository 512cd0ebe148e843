import type { EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import type { Entry, JoinEntry, LeaveEntry, MessageEntry } from "./state.ts";

/** An event of a conversation's log as it is shown. */
export function toEntry(event: LoggedEvent): Entry {
  switch (event.type) {
    case "message_received":
      return messageEntry(event);
    case "user_joined_room":
      return joinEntry(event);
    case "user_left_room":
      return leaveEntry(event);
  }
}

function messageEntry(event: EventOf<"message_received">): MessageEntry {
  const { message, author_username, seq } = event;
  return {
    kind: "message",
    seq,
    at: Date.parse(message.created_at),
    authorId: message.author,
    author: author_username,
    id: message.id,
    clientId: message.client_id,
    content: message.content,
    edited: message.edited,
  };
}

function joinEntry({ user, seq, created_at }: EventOf<"user_joined_room">): JoinEntry {
  return {
    kind: "join",
    seq,
    at: Date.parse(created_at),
    authorId: user.id,
    author: user.username,
  };
}

function leaveEntry(event: EventOf<"user_left_room">): LeaveEntry {
  const { user_id, username, reason, seq, created_at } = event;
  return {
    kind: "leave",
    seq,
    at: Date.parse(created_at),
    authorId: user_id,
    author: username,
    reason,
  };
}
