import type { Handler } from "../../commands/handler.ts";
import { deleteMessageOperation } from "./message-change-store.ts";
import type { MessagesDeps } from "./messages-deps.ts";

export function createDeleteMessage({ db }: Pick<MessagesDeps, "db">): Handler<"delete_message"> {
  return async ({ session }, { message_id: messageId }) => {
    await db.write(deleteMessageOperation, {
      messageId,
      by: { id: session.userId, username: session.username },
    });
    return {};
  };
}
