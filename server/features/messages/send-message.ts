import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, MessageId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Handler } from "../../commands/handler.ts";
import { toMessage } from "../conversations/log-rules.ts";
import { checkContent } from "./message-rules.ts";
import { type AppendTarget, appendMessageOperation } from "./message-store.ts";
import type { MessagesDeps } from "./messages-deps.ts";

export function createSendMessage({
  db,
  newId,
}: Pick<MessagesDeps, "db" | "newId">): Handler<"send_message"> {
  // Nothing is awaited before the write: messages of one connection are stored in the order they came.
  return async ({ session }, { target, content, client_id: clientId }) => {
    const { entry } = await db.write(appendMessageOperation, {
      target: appendTarget(target, newId),
      sender: { id: session.userId, username: session.username },
      messageId: newId() as MessageId,
      clientId: clientId ?? null,
      payload: checkContent(content),
    });
    // A late retry of what was stored, and deleted since.
    if (entry.kind === "erased") throw new ChatError("message_deleted");
    return { message: toMessage(entry) };
  };
}

function appendTarget(target: MessageTarget, newId: () => string): AppendTarget {
  if (target.type === "room") return { kind: "room", roomId: target.room_id };
  const newConversationId = newId() as ConversationId;
  return { kind: "dm", recipient: target.recipient, newConversationId };
}
