import { accountTables } from "./account-tables.ts";
import type { ColumnKit } from "./column-kit.ts";
import { conversationTables } from "./conversation-tables.ts";
import { logTables } from "./log-tables.ts";
import { moderationTables } from "./moderation-tables.ts";
import { serverTables } from "./server-tables.ts";

/** The one declaration of the database. Times are milliseconds since the epoch; `*_key` columns are folded for uniqueness. */
export function defineTables(kit: ColumnKit) {
  const accounts = accountTables(kit);
  const conversations = conversationTables(kit, accounts.users);
  return {
    ...accounts,
    ...conversations,
    ...logTables(kit, conversations.conversations),
    ...moderationTables(kit, conversations.conversations, accounts.users),
    ...serverTables(kit),
  };
}

export type Tables = ReturnType<typeof defineTables>;
