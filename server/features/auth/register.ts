import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Handler } from "../../commands/handler.ts";
import { commonPasswords } from "../../security/common-passwords.ts";
import { hashOpaqueToken } from "../../security/opaque-token.ts";
import { checkPassword } from "../../security/password-rules.ts";
import { checkUsername } from "../users/user-rules.ts";
import { createAccountOperation } from "./account-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { isSetupToken } from "./setup-token-store.ts";
import { prepareSession, signIn } from "./sign-in.ts";

type Deps = Pick<
  AuthDeps,
  "db" | "clock" | "newId" | "passwords" | "tokens" | "bus" | "registration"
>;

export function createRegister(deps: Deps): Handler<"register"> {
  return async (call, { username, email, password, setup_token, ...device }) => {
    const setupTokenHash = setup_token === undefined ? null : hashOpaqueToken(setup_token);
    await checkMayRegister(deps, setupTokenHash);
    checkUsername(username);
    checkPassword(password, username, await commonPasswords());
    const id = deps.newId() as UserId;
    const prepared = prepareSession(deps.newId, id, device);
    const passwordHash = await deps.passwords.hash(password);
    const { user, started } = await deps.db.write(createAccountOperation, {
      user: { id, username, email: email || null, passwordHash },
      session: prepared.stored,
      setupTokenHash,
    });
    return signIn(deps, call, user, { ...prepared, started });
  };
}

async function checkMayRegister(
  { db, registration }: Deps,
  setupTokenHash: string | null,
): Promise<void> {
  if (setupTokenHash !== null) {
    if (await isSetupToken(db, setupTokenHash)) return;
    throw new ChatError("setup_token_invalid");
  }
  if (registration !== "open") throw new ChatError("registration_closed");
}
