import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import { growingOperation } from "../../storage/database.ts";
import { insertUser, type NewUser } from "../users/user-store.ts";
import { consumeInvite } from "./registration-invite-store.ts";
import { insertSession, type NewSession } from "./session-store.ts";
import { consumeSetupToken } from "./setup-token-store.ts";

export interface NewAccount {
  readonly user: Omit<NewUser, "role">;
  readonly session: NewSession;
  /** Of the one-time token that makes the first admin. */
  readonly setupTokenHash: string | null;
  /** Of the invite that it is made with. */
  readonly inviteHash?: string | null;
}

/**
 * Makes an account and signs it in.
 * @throws ChatError `setup_token_invalid`, `invite_invalid`, `username_taken` or `email_taken`
 */
export const createAccountOperation = growingOperation(
  "create_account",
  async (transaction, { user, session, setupTokenHash, inviteHash = null }: NewAccount) => {
    if (setupTokenHash !== null) await consumeSetupToken(transaction, setupTokenHash);
    if (inviteHash !== null) await consumeInvite(transaction, inviteHash);
    const role: Role = setupTokenHash === null ? "user" : "admin";
    const row = await insertUser(transaction, { ...user, role });
    const started = await insertSession(transaction, session);
    return { user: { ...row, lastSeenAt: transaction.now }, started };
  },
);
