import { sqliteKit } from "./column-kit.ts";
import { defineTables } from "./tables.ts";

/** What drizzle-kit reads to write the SQLite migrations, and what the SQLite database works with. */
export const sqliteTables = defineTables(sqliteKit);
export const {
  users,
  userLogEntries,
  devices,
  sessions,
  refreshTokens,
  registrationInvites,
  conversations,
  rooms,
  directConversations,
  members,
  logEntries,
  invitations,
  roomBans,
  userBlocks,
  userBans,
  serverState,
} = sqliteTables;
