import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Handler } from "../../commands/handler.ts";
import { commonPasswords } from "../../security/common-passwords.ts";
import { hashOpaqueToken } from "../../security/opaque-token.ts";
import { checkPassword } from "../../security/password-rules.ts";
import { checkUsername } from "../users/user-rules.ts";
import { createAccountOperation, type NewAccount } from "./account-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { isOpenInvite } from "./registration-invite-store.ts";
import { isSetupToken } from "./setup-token-store.ts";
import { prepareSession, signIn } from "./sign-in.ts";

type Deps = Pick<
  AuthDeps,
  "db" | "clock" | "newId" | "passwords" | "tokens" | "bus" | "registration"
>;

export function createRegister(deps: Deps): Handler<"register"> {
  return async (call, { username, email, password, setup_token, invite, ...device }) => {
    const pass = await checkMayRegister(deps, { setup_token, invite });
    checkUsername(username);
    checkPassword(password, username, await commonPasswords());
    const id = deps.newId() as UserId;
    const prepared = prepareSession(deps.newId, id, device);
    const passwordHash = await deps.passwords.hash(password);
    const { user, started } = await deps.db.write(createAccountOperation, {
      user: { id, username, email: email || null, passwordHash },
      session: prepared.stored,
      ...pass,
    });
    return signIn(deps, call, user, { ...prepared, started });
  };
}

/** What lets somebody make an account; it is used up with it. */
type Pass = Pick<NewAccount, "setupTokenHash" | "inviteHash">;

/** Before the password is hashed, which costs. @throws ChatError */
async function checkMayRegister(
  { db, clock, registration }: Deps,
  {
    setup_token,
    invite,
  }: { readonly setup_token?: string | undefined; readonly invite?: string | undefined },
): Promise<Pass> {
  if (setup_token !== undefined) {
    const setupTokenHash = hashOpaqueToken(setup_token);
    if (!(await isSetupToken(db, setupTokenHash))) throw new ChatError("setup_token_invalid");
    return { setupTokenHash };
  }
  if (registration === "closed") throw new ChatError("registration_closed");
  if (invite === undefined) {
    if (registration === "invite") throw new ChatError("invite_required");
    return { setupTokenHash: null };
  }
  const inviteHash = hashOpaqueToken(invite);
  if (!(await isOpenInvite(db, inviteHash, clock.now()))) throw new ChatError("invite_invalid");
  return { setupTokenHash: null, inviteHash };
}
