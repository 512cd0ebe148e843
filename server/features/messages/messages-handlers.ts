import type { Handlers } from "../../commands/handler.ts";
import { createDeleteMessage } from "./delete-message.ts";
import { createEditMessage } from "./edit-message.ts";
import { createMarkMessagesRead } from "./mark-messages-read.ts";
import type { MessagesDeps } from "./messages-deps.ts";
import { createSendMessage } from "./send-message.ts";

export function createMessagesHandlers(deps: MessagesDeps) {
  return {
    send_message: createSendMessage(deps),
    edit_message: createEditMessage(deps),
    delete_message: createDeleteMessage(deps),
    mark_messages_read: createMarkMessagesRead(deps),
  } satisfies Partial<Handlers>;
}
