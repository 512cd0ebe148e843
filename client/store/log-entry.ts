import type { EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import type {
  DeletedEntry,
  Entry,
  JoinEntry,
  LeaveEntry,
  MessageChange,
  MessageEntry,
  RoleEntry,
  RoomChangeEntry,
} from "./state.ts";

/** An event of a log is something to show in its place, or it changes what stands further up. */
export type Logged =
  | { readonly entry: Entry; readonly change?: undefined }
  | { readonly change: MessageChange | undefined; readonly entry?: undefined };

/** What an event of a conversation's log means. */
export function toLogged(event: LoggedEvent): Logged {
  switch (event.type) {
    case "message_received":
      return { entry: messageEntry(event) };
    case "message_edited":
      return { change: editOf(event) };
    case "message_deleted":
      return event.seq === event.message_seq
        ? { entry: deletedEntry(event) }
        : { change: deletionOf(event) };
    case "user_joined_room":
      return { entry: joinEntry(event) };
    case "user_left_room":
      return { entry: leaveEntry(event) };
    case "member_role_changed":
      return { entry: roleEntry(event) };
    case "room_updated":
      return { entry: roomChangeEntry(event) };
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

/** No message is empty: one that we may not read any more was edited, and what is here of it stays. */
function editOf({ message }: EventOf<"message_edited">): MessageChange | undefined {
  const { seq: messageSeq, content } = message;
  return content === "" ? undefined : { kind: "edit", messageSeq, content };
}

const deletionOf = (event: EventOf<"message_deleted">): MessageChange => ({
  kind: "delete",
  messageSeq: event.message_seq,
  deletedBy: event.deleted_by,
  authorId: event.author,
});

function deletedEntry(event: EventOf<"message_deleted">): DeletedEntry {
  const { message_id: id, deleted_by: deletedBy, author: authorId, seq, created_at } = event;
  return { kind: "deleted", seq, at: Date.parse(created_at), id, authorId, deletedBy };
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

function roleEntry(event: EventOf<"member_role_changed">): RoleEntry {
  const { user_id: authorId, username: author, new_role: role, seq, created_at } = event;
  return { kind: "role", seq, at: Date.parse(created_at), authorId, author, role };
}

function roomChangeEntry(event: EventOf<"room_updated">): RoomChangeEntry {
  const { room, changes, seq, created_at } = event;
  return {
    kind: "room_change",
    seq,
    at: Date.parse(created_at),
    changes,
    title: room.name,
    description: room.description ?? undefined,
    settings: room.settings,
  };
}
