import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { toPageEntry } from "./log-rules.ts";
import { headOf, readLog } from "./log-store.ts";
import { fitPage } from "./page-rules.ts";
import { readableConversation } from "./readable-store.ts";

export function createGetLog({ db }: Pick<ConversationsDeps, "db">): Handler<"get_log"> {
  return async ({ session }, { target, before, after, limit = limits.logPageSize }) => {
    const conversationId = await readableConversation(db, session.userId, target);
    if (conversationId === undefined) return { entries: [], head: 0, has_more: false };
    const page = await readLog(db, { conversationId, before, after, limit });
    // Read after the page, so that it is never behind it; an entry committed in between only makes it larger.
    const { seq: head } = await headOf(db, conversationId);
    const keep = after === undefined ? "last" : "first";
    const { items, hasMore } = fitPage(page.entries.map(toPageEntry), page.hasMore, keep);
    return { entries: [...items], head, has_more: hasMore };
  };
}
