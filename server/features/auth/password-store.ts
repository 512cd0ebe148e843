import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import { eq } from "drizzle-orm";
import { writeOperation } from "../../storage/database.ts";
import { userById } from "../users/user-store.ts";
import { endSessionsOf } from "./session-store.ts";

export interface ChangePasswordArgs {
  readonly userId: UserId;
  /** The hash that the current password was found to fit. */
  readonly verified: string;
  readonly replacement: string;
  readonly keptSession: SessionId;
}

/**
 * Sets another password and ends the user's other sessions, and with them their tokens; resolves with
 * those that ended.
 * @throws ChatError `incorrect_password` when it was changed meanwhile
 */
export const changePasswordOperation = writeOperation(
  "change_password",
  async (tx, args: ChangePasswordArgs): Promise<readonly SessionId[]> => {
    const { users } = tx.tables;
    const user = await userById(tx, args.userId);
    if (user?.passwordHash !== args.verified) throw new ChatError("incorrect_password");
    await tx.db
      .update(users)
      .set({ passwordHash: args.replacement, updatedAt: tx.now })
      .where(eq(users.id, args.userId));
    return endSessionsOf(tx, args.userId, args.keptSession);
  },
);
