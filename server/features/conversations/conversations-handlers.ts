import type { Handlers } from "../../commands/handler.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { createGetLog } from "./get-log.ts";
import { createGetMessages } from "./get-messages.ts";
import { createListConversations } from "./list-conversations.ts";
import { createResume } from "./resume.ts";

export function createConversationsHandlers(deps: ConversationsDeps) {
  return {
    list_conversations: createListConversations(deps),
    get_log: createGetLog(deps),
    get_messages: createGetMessages(deps),
    resume: createResume(deps),
  } satisfies Partial<Handlers>;
}
