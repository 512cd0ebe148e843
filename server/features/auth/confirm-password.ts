import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { SignedInCall } from "../../commands/handler.ts";
import { type UserRow, userById } from "../users/user-store.ts";
import type { AuthDeps } from "./auth-deps.ts";

/** Asks somebody who is signed in for the password once more, before what could give the account away. */
export type ConfirmPassword = (
  call: SignedInCall,
  password: string | undefined,
) => Promise<UserRow>;

/** Wrong ones count as failed sign-ins: a stolen session is no way to try passwords. */
export function createConfirmPassword({
  db,
  passwords,
  lockout,
}: Pick<AuthDeps, "db" | "passwords" | "lockout">): ConfirmPassword {
  return async ({ session, address }, password) => {
    const user = await userById(db, session.userId);
    if (user === undefined) throw new ChatError("session_not_found");
    if (password === undefined) {
      throw new ChatError("incorrect_password", { message: "The current password is needed." });
    }
    const attempt = lockout.begin(user.id, address);
    try {
      if (await passwords.verify(user.passwordHash, password)) {
        attempt.succeeded();
        return user;
      }
    } catch (error) {
      attempt.abandoned();
      throw error;
    }
    throw new ChatError("incorrect_password");
  };
}
