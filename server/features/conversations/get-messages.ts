import { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Handler } from "../../commands/handler.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { toMessage } from "./log-rules.ts";
import { type MessageBound, readMessages } from "./log-store.ts";
import { fitPage } from "./page-rules.ts";
import { readableConversation } from "./readable-store.ts";

export function createGetMessages({ db }: Pick<ConversationsDeps, "db">): Handler<"get_messages"> {
  return async ({ session }, { target, limit = limits.pageSize, ...bounds }) => {
    const before = boundOf("before", bounds.before);
    const after = boundOf("after", bounds.after);
    const readable = await readableConversation(db, session.userId, target);
    if (readable === undefined) return { messages: [], has_more: false };
    const page = await readMessages(db, { ...readable, before, after, limit });
    const keep = after === undefined ? "first" : "last";
    const { items, hasMore } = fitPage(page.entries.map(toMessage), page.hasMore, keep);
    return { messages: [...items], has_more: hasMore };
  };
}

/** A seq, also as the digits that a query string holds, or a time. */
function boundOf(
  field: string,
  value: number | string | null | undefined,
): MessageBound | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return { seq: value };
  if (/^\d{1,15}$/.test(value)) return { seq: Number(value) };
  const time = /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    const message = `${field} is a seq or a time such as 2026-01-31T12:00:00Z.`;
    throw new ChatError("validation_failed", { message, details: { field } });
  }
  return { time };
}
