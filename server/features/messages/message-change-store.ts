import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import { growingOperation, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { type LogEntry, roomOfConversation } from "../../storage/log-entry.ts";
import { appendEntry } from "../conversations/append-store.ts";
import { blankMessage, messageById } from "../conversations/change-store.ts";
import { historyStartOf, membersBehind } from "../conversations/history-store.ts";
import { isBlockedBetween } from "../users/block-store.ts";
import { userById } from "../users/user-store.ts";
import { demandDelete, demandEdit, type Writer } from "./message-rules.ts";
import { standingInRoom } from "./message-store.ts";

/** A message, or what is left of one. */
type LoggedMessage = LogEntry & { readonly messageId: MessageId };

export interface ChangeMessageArgs {
  readonly messageId: MessageId;
  readonly by: { readonly id: UserId; readonly username: string };
}

/**
 * Gives a message other content, and says so at the end of the log. Resolves with the message as it
 * is now; content that it has already changes nothing, so that a retry does not.
 * @throws ChatError as `demandEdit` says
 */
export const editMessageOperation = growingOperation(
  "edit_message",
  async (
    tx,
    { messageId, by, payload }: ChangeMessageArgs & { readonly payload: Uint8Array },
  ): Promise<LogEntry> => {
    const message = await loggedMessage(tx, messageId);
    await demandReadable(tx, by.id, message);
    demandEdit(await writerAt(tx, by.id, message), message);
    if (Buffer.compare(message.payload, payload) === 0) return message;
    const changeId = await blankMessage(tx, message, "message");
    const subject: LogEntry = { ...message, payload, isEdited: true };
    const hiddenFrom = await membersBehind(tx, message.conversationId, message.seq);
    const place = { ...changeAt(message, by), ...(hiddenFrom.length > 0 && { hiddenFrom }) };
    await appendEntry(tx, { ...place, kind: "edit", messageId: changeId, payload, subject });
    return subject;
  },
);

/**
 * Erases a message. Its place in the log stays, and the end of the log says that it is gone.
 * @throws ChatError as `demandDelete` says
 */
export const deleteMessageOperation = writeOperation(
  "delete_message",
  async (tx, { messageId, by }: ChangeMessageArgs): Promise<void> => {
    const message = await loggedMessage(tx, messageId);
    const writer = await writerAt(tx, by.id, message);
    // An admin deletes what was reported, whether or not it may be read from inside.
    if (writer.actor.role !== "admin") await demandReadable(tx, by.id, message);
    demandDelete(writer, message);
    const changeId = await blankMessage(tx, message, "erased");
    const payload = new Uint8Array();
    const subject: LogEntry = { ...message, kind: "erased", payload, deletedBy: by.id };
    const place = changeAt(message, by);
    await appendEntry(tx, { ...place, kind: "delete", messageId: changeId, payload, subject });
  },
);

async function loggedMessage(tx: WriteTransaction, messageId: MessageId): Promise<LoggedMessage> {
  const found = await messageById(tx, messageId);
  if (found === undefined) throw new ChatError("message_not_found");
  return { ...found, messageId };
}

/** @throws ChatError `message_not_found` for a member who may not read what was said before joining */
async function demandReadable(
  tx: WriteTransaction,
  userId: UserId,
  { conversationId, seq }: LogEntry,
): Promise<void> {
  const startsAt = await historyStartOf(tx, conversationId, userId);
  if (startsAt !== undefined && seq < startsAt) throw new ChatError("message_not_found");
}

/** Somebody where a message stands, as the database has it in this transaction. */
async function writerAt(
  tx: WriteTransaction,
  id: UserId,
  { conversationId, pair }: LogEntry,
): Promise<Writer> {
  const role = (await userById(tx, id))?.role ?? "user";
  if (pair !== undefined) {
    const standing = pair.includes(id) ? "member" : "stranger";
    const isBlocked = await isBlockedBetween(tx, ...pair);
    return { id, actor: { standing, role }, resource: { kind: "dm" }, isBlocked };
  }
  const found = await standingInRoom(tx, roomOfConversation(conversationId), id);
  if (found === undefined) throw new Error(`${conversationId} has a log and is no room.`);
  const { standing, resource } = found;
  return { id, actor: { standing, role }, resource, isBlocked: false };
}

function changeAt({ conversationId, pair }: LogEntry, by: ChangeMessageArgs["by"]) {
  return {
    conversationId,
    ...(pair && { pair }),
    senderId: by.id,
    senderName: by.username,
    clientId: null,
  };
}
