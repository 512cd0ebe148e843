import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import { historyStart } from "../../rights/history.ts";
import type { Reader } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { admitMember } from "../rooms/room-access-store.ts";
import { userById } from "../users/user-store.ts";
import { directConversation } from "./conversation-store.ts";

/** A conversation, and the first entry of it that the one who asks may read. */
export interface Readable {
  readonly conversationId: ConversationId;
  readonly startsAt: number;
}

/**
 * The conversation that a member names; undefined for a direct one in which nothing was said yet.
 * @throws ChatError `room_not_found` also for a private room one is not in, `not_room_member`, `user_not_found`
 */
export function readableConversation(
  reader: Reader,
  userId: UserId,
  target: MessageTarget,
): Promise<Readable | undefined> {
  return target.type === "room"
    ? readableRoom(reader, userId, target.room_id)
    : readableDirect(reader, userId, target.recipient);
}

async function readableRoom(reader: Reader, userId: UserId, roomId: RoomId): Promise<Readable> {
  const { room, member } = await admitMember(reader, { roomId, userId }, "conversation.read");
  const startsAt = historyStart(room.history, member.joinedSeq);
  return { conversationId: conversationOfRoom(roomId), startsAt };
}

async function readableDirect(reader: Reader, userId: UserId, peer: UserId) {
  const id = await directConversation(reader, userId, peer);
  if (id === undefined && (await userById(reader, peer)) === undefined) {
    throw new ChatError("user_not_found");
  }
  return id && { conversationId: id, startsAt: 1 };
}
