import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { roomKey } from "./conversation.ts";
import { withoutInvitationsTo } from "./invitations.ts";
import type { State } from "./state.ts";

/** The state without a room that does not exist any more. */
export function withoutDeletedRoom(state: State, roomId: RoomId): State {
  const { directory } = state;
  const next: State = {
    ...withoutInvitationsTo(state, roomId),
    directory: { ...directory, rooms: directory.rooms.filter(({ id }) => id !== roomId) },
  };
  const key = roomKey(roomId);
  if (!next.conversations.has(key)) return next;
  const conversations = new Map(next.conversations);
  conversations.delete(key);
  return { ...next, conversations, open: next.open === key ? undefined : next.open };
}
