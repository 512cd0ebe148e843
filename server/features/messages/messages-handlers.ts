import type { Handlers } from "../../commands/handler.ts";
import { createSendMessage, type MessagesDeps } from "./send-message.ts";

export function createMessagesHandlers(deps: MessagesDeps) {
  return { send_message: createSendMessage(deps) } satisfies Partial<Handlers>;
}
