import type { EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { directKey, keyOf, roomKey } from "./conversation.ts";
import { indexOfSeq } from "./message-changes.ts";
import type { Conversation, ConversationKey, State } from "./state.ts";

/** The conversation a logged event belongs to; undefined while nobody is signed in. */
export function conversationOf(event: LoggedEvent, state: State): ConversationKey | undefined {
  const { me } = state;
  if (me === undefined) return undefined;
  switch (event.type) {
    case "message_received":
    case "message_edited":
      return keyOf(event.message.target, event.message.author, me.id);
    case "message_deleted":
      return ofDeleted(event, state);
    case "room_updated":
      return roomKey(event.room.id);
    default:
      return roomKey(event.room_id);
  }
}

/** Who wrote a message to us is not said when it is erased; its place tells, else whoever erased it. */
function ofDeleted(event: EventOf<"message_deleted">, state: State): ConversationKey {
  const { target, deleted_by: deletedBy } = event;
  if (target.type === "room") return roomKey(target.room_id);
  if (target.recipient !== state.me?.id) return directKey(target.recipient);
  for (const conversation of state.conversations.values()) {
    if (conversation.kind === "dm" && holds(conversation, event)) return conversation.key;
  }
  return directKey(deletedBy);
}

function holds({ entries }: Conversation, event: EventOf<"message_deleted">): boolean {
  const entry = entries[indexOfSeq(entries, event.message_seq)];
  const isMessage = entry?.kind === "message" || entry?.kind === "deleted";
  return isMessage && entry.id === event.message_id;
}
