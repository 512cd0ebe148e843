import { performance } from "node:perf_hooks";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import type { Handler, Handlers } from "../../commands/handler.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { createGetLog } from "./get-log.ts";
import { createGetMessages } from "./get-messages.ts";
import { createListConversations } from "./list-conversations.ts";
import { PageTurns } from "./page-turns.ts";
import { createResume } from "./resume.ts";

export function createConversationsHandlers(deps: ConversationsDeps) {
  const turns = new PageTurns(() => performance.now());
  return {
    list_conversations: createListConversations(deps),
    get_log: inTurn(turns, createGetLog(deps)),
    get_messages: inTurn(turns, createGetMessages(deps)),
    resume: inTurn(turns, createResume(deps)),
  } satisfies Partial<Handlers>;
}

function inTurn<Name extends CommandName>(turns: PageTurns, read: Handler<Name>): Handler<Name> {
  return (call, params) => turns.read(async () => read(call, params));
}
