import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Reader } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { admitToRoom } from "../rooms/room-access-store.ts";
import { userById } from "../users/user-store.ts";
import { directConversation } from "./conversation-store.ts";

/**
 * The conversation that a member names; undefined for a direct one in which nothing was said yet.
 * @throws ChatError `room_not_found` also for a private room one is not in, `not_room_member`, `user_not_found`
 */
export function readableConversation(
  reader: Reader,
  userId: UserId,
  target: MessageTarget,
): Promise<ConversationId | undefined> {
  return target.type === "room"
    ? readableRoom(reader, userId, target.room_id)
    : readableDirect(reader, userId, target.recipient);
}

async function readableRoom(
  reader: Reader,
  userId: UserId,
  roomId: RoomId,
): Promise<ConversationId> {
  await admitToRoom(reader, { roomId, userId }, "conversation.read");
  return conversationOfRoom(roomId);
}

async function readableDirect(reader: Reader, userId: UserId, peer: UserId) {
  const id = await directConversation(reader, userId, peer);
  if (id === undefined && (await userById(reader, peer)) === undefined) {
    throw new ChatError("user_not_found");
  }
  return id;
}
