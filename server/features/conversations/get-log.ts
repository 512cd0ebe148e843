import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { asReadFrom, toPageEntry } from "./log-rules.ts";
import { headOf, readLog } from "./log-store.ts";
import { fitPage } from "./page-rules.ts";
import { readableConversation } from "./readable-store.ts";

export function createGetLog({ db }: Pick<ConversationsDeps, "db">): Handler<"get_log"> {
  return async ({ session }, { target, before, after, limit = limits.logPageSize }) => {
    const readable = await readableConversation(db, session.userId, target);
    if (readable === undefined) return nothingSaid;
    const { conversationId, startsAt } = readable;
    const page = await readLog(db, { ...readable, before, after, limit });
    // Read after the page, so that it is never behind it; an entry committed in between only makes it larger.
    const { seq: head } = await headOf(db, conversationId);
    const keep = after === undefined ? "last" : "first";
    const events = page.entries.map((entry) => toPageEntry(asReadFrom(startsAt, entry)));
    const { items, hasMore } = fitPage(events, page.hasMore, keep);
    return { entries: [...items], head, has_more: hasMore, history_starts_at: startsAt };
  };
}

/** A direct conversation in which nothing was said yet. */
const nothingSaid = { entries: [], head: 0, has_more: false, history_starts_at: 1 };
