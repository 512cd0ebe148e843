import { writeOperation } from "../storage/database.ts";

/** Leaves the database as if it were new: tests of one file share one, because opening takes long. */
export const forgetEverythingOperation = writeOperation(
  "forget_everything",
  async ({ db, tables }, _args: Record<string, never>) => {
    await db.delete(tables.conversations);
    await db.delete(tables.users);
    await db.delete(tables.serverState);
    await db.delete(tables.registrationInvites);
  },
);
