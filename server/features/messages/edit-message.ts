import type { Handler } from "../../commands/handler.ts";
import { toMessage } from "../conversations/log-rules.ts";
import { editMessageOperation } from "./message-change-store.ts";
import { checkContent } from "./message-rules.ts";
import type { MessagesDeps } from "./messages-deps.ts";

export function createEditMessage({ db }: Pick<MessagesDeps, "db">): Handler<"edit_message"> {
  return async ({ session }, { message_id: messageId, content }) => {
    const message = await db.write(editMessageOperation, {
      messageId,
      by: { id: session.userId, username: session.username },
      payload: checkContent(content),
    });
    return { message: toMessage(message) };
  };
}
