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
import { type Actor, type Resource, standingOf } from "../../rights/can.ts";
import { growingOperation, type WriteTransaction } from "../../storage/database.ts";
import { conversationOfRoom, type EntryDraft } from "../../storage/log-entry.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { remembered } from "../../storage/remembered.ts";
import { type Appended, appendEntry } from "../conversations/append-store.ts";
import { ensureDirectConversation, pairOfUsers } from "../conversations/conversation-store.ts";
import { isBlockedBetween } from "../users/block-store.ts";
import { demandWrite } from "./message-rules.ts";

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
  /** The message of the same sender behind which alone this one is to be stored. */
  readonly follows?: ClientId | undefined;
  /** See `encodeContent`. */
  readonly payload: Uint8Array;
}

/**
 * Stores a message of somebody who may write there.
 * @throws ChatError `room_not_found`, `not_room_member`, `room_moderated`, `user_not_found`,
 * `user_blocked`, `validation_failed` (to oneself, behind itself), `id_conflict`, `predecessor_missing`
 */
export const appendMessageOperation = growingOperation(
  "append_message",
  (tx, args: AppendMessageArgs): Promise<Appended> =>
    args.target.kind === "room"
      ? appendToRoom(tx, args, args.target.roomId)
      : appendToUser(tx, args, args.target),
  // A direct conversation may have to be made first.
  { keepsMemory: true, changesOnce: ({ target }) => target.kind === "room" },
);

function appendToRoom(
  tx: WriteTransaction,
  args: AppendMessageArgs,
  roomId: RoomId,
): Promise<Appended> {
  const draft = draftOf(args, conversationOfRoom(roomId));
  return appendEntry(tx, draft, async () => {
    await checkMayWrite(tx, roomId, args.sender.id);
    if (args.follows !== undefined) await checkPredecessor(tx, draft, args.follows);
  });
}

async function appendToUser(
  tx: WriteTransaction,
  args: AppendMessageArgs,
  { recipient, newConversationId }: AppendTarget & { readonly kind: "dm" },
): Promise<Appended> {
  const { id } = args.sender;
  const conversationId = await ensureDirectConversation(tx, id, recipient, newConversationId);
  const draft = { ...draftOf(args, conversationId), pair: pairOfUsers(id, recipient) };
  return appendEntry(tx, draft, async () => {
    await checkNotBlocked(tx, id, recipient);
    if (args.follows !== undefined) await checkPredecessor(tx, draft, args.follows);
  });
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
    .select({
      isPrivate: rooms.isPrivate,
      moderated: rooms.moderated,
      role: sql<RoomRole | null>`${role}`,
    })
    .from(rooms)
    .where(eq(rooms.id, at("roomId")))
    .prepare("membership_to_write");
});

const predecessorQuery = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select({ seq: logEntries.seq })
    .from(logEntries)
    .where(
      and(
        eq(logEntries.clientId, at("clientId")),
        eq(logEntries.senderId, at("senderId")),
        eq(logEntries.conversationId, at("conversationId")),
      ),
    )
    .prepare("predecessor"),
);

/**
 * What was sent behind a message that was refused is refused too, so that nothing overtakes it: the
 * sender begins again where it stopped. Nothing has to be remembered for that, on whichever
 * connection the one before came.
 */
async function checkPredecessor(
  tx: WriteTransaction,
  { conversationId, senderId, clientId }: EntryDraft,
  follows: ClientId,
): Promise<void> {
  if (follows === clientId) {
    throw new ChatError("validation_failed", { message: "A message does not follow itself." });
  }
  const query = predecessorQuery(tx);
  const [found] = await query.execute({ clientId: follows, senderId, conversationId });
  if (found === undefined) throw new ChatError("predecessor_missing");
}

interface StandingInRoom {
  readonly standing: Actor["standing"];
  readonly resource: Resource;
}

/** What a user is in a room, and what kind of room that is; undefined where there is none. */
export const standingInRoom = remembered(
  async (tx, roomId: RoomId, userId: UserId): Promise<StandingInRoom | undefined> => {
    const [room] = await membershipQuery(tx).execute({ roomId, userId });
    if (room === undefined) return undefined;
    const { isPrivate, moderated, role } = room;
    const standing = standingOf(role ?? undefined, false);
    return { standing, resource: { kind: "room", isPrivate, moderated } };
  },
);

async function checkMayWrite(tx: WriteTransaction, roomId: RoomId, userId: UserId): Promise<void> {
  const found = await standingInRoom(tx, roomId, userId);
  if (found === undefined) throw new ChatError("room_not_found");
  // Being an admin gives nobody the word in a room, so that it need not be looked up.
  const actor = { standing: found.standing, role: "user" } as const;
  demandWrite({ actor, resource: found.resource, isBlocked: false });
}

async function checkNotBlocked(tx: WriteTransaction, a: UserId, b: UserId): Promise<void> {
  const isBlocked = await isBlockedBetween(tx, a, b);
  const actor = { standing: "member", role: "user" } as const;
  demandWrite({ actor, resource: { kind: "dm" }, isBlocked });
}
