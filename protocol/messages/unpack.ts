import type { EventOf } from "../registry.ts";

/** The messages of a packed event, as the events that they would have been on their own. */
export function unpackMessages({
  room_id,
  messages,
}: EventOf<"room_messages">): readonly EventOf<"message_received">[] {
  return messages.map(([seq, id, author, authorName, time, content, clientId]) => ({
    type: "message_received",
    message: {
      id,
      author,
      target: { type: "room", room_id },
      content,
      edited: false,
      created_at: new Date(time).toISOString(),
      seq,
      ...(clientId === null ? {} : { client_id: clientId }),
    },
    author_username: authorName,
    seq,
  }));
}
