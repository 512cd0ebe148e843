import { ChatError } from "@lair-chat/protocol/errors.ts";
import type {
  ClientId,
  ConversationId,
  MessageId,
  RoomId,
  UserId,
} from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { and, eq, sql } from "drizzle-orm";
import { type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { conversationOfRoom, type EntryDraft } from "../../storage/log-entry.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { ensureDirectConversation, pairOfUsers } from "../conversations/conversation-store.ts";
import { type Appended, appendEntry } from "../conversations/log-store.ts";

/** Where a message goes. A direct conversation that does not exist yet is made under the new id. */
export type AppendTarget =
  | { readonly kind: "room"; readonly roomId: RoomId }
  | {
      readonly kind: "dm";
      readonly recipient: UserId;
      readonly newConversationId: ConversationId;
    };

export interface AppendMessageArgs {
  readonly target: AppendTarget;
  readonly sender: { readonly id: UserId; readonly username: string };
  readonly messageId: MessageId;
  readonly clientId: ClientId | null;
  /** See `encodeContent`. */
  readonly payload: Uint8Array;
}

/**
 * Stores a message of somebody who may write there.
 * @throws ChatError `room_not_found`, `not_room_member`, `user_not_found`, `validation_failed` (to
 * oneself), `id_conflict`
 */
export const appendMessageOperation = writeOperation(
  "append_message",
  (tx, args: AppendMessageArgs): Promise<Appended> =>
    args.target.kind === "room"
      ? appendToRoom(tx, args, args.target.roomId)
      : appendToUser(tx, args, args.target),
);

function appendToRoom(
  tx: WriteTransaction,
  args: AppendMessageArgs,
  roomId: RoomId,
): Promise<Appended> {
  const draft = draftOf(args, conversationOfRoom(roomId));
  return appendEntry(tx, draft, () => checkMayWrite(tx, roomId, args.sender.id));
}

async function appendToUser(
  tx: WriteTransaction,
  args: AppendMessageArgs,
  { recipient, newConversationId }: AppendTarget & { readonly kind: "dm" },
): Promise<Appended> {
  const { id } = args.sender;
  const conversationId = await ensureDirectConversation(tx, id, recipient, newConversationId);
  return appendEntry(tx, { ...draftOf(args, conversationId), pair: pairOfUsers(id, recipient) });
}

function draftOf(args: AppendMessageArgs, conversationId: ConversationId): EntryDraft {
  const { sender, messageId, clientId, payload } = args;
  return {
    conversationId,
    kind: "message",
    messageId,
    senderId: sender.id,
    senderName: sender.username,
    clientId,
    payload,
  };
}

const at = sql.placeholder;

const membershipQuery = preparedRead(({ read, tables: { rooms, members } }) => {
  const mine = and(eq(members.conversationId, at("roomId")), eq(members.userId, at("userId")));
  // A part of the selection and not a join: SQLite plans a join with parameters anew at each run.
  const role = read.select({ role: members.role }).from(members).where(mine);
  return read
    .select({ isPrivate: rooms.isPrivate, role: sql<RoomRole | null>`${role}` })
    .from(rooms)
    .where(eq(rooms.id, at("roomId")))
    .prepare("membership_to_write");
});

/** To a stranger a private room does not exist. */
async function checkMayWrite(tx: WriteTransaction, roomId: RoomId, userId: UserId): Promise<void> {
  const [room] = await membershipQuery(tx).execute({ roomId, userId });
  if (room !== undefined && room.role !== null) return;
  throw new ChatError(room === undefined || room.isPrivate ? "room_not_found" : "not_room_member");
}
