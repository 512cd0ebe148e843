import type { Handler } from "../../commands/handler.ts";
import { commonPasswords } from "../../security/common-passwords.ts";
import { checkPassword } from "../../security/password-rules.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { createConfirmPassword } from "./confirm-password.ts";
import { changePasswordOperation } from "./password-store.ts";

type Deps = Pick<AuthDeps, "db" | "passwords" | "lockout" | "bus">;

export function createChangePassword(deps: Deps): Handler<"change_password"> {
  const confirmPassword = createConfirmPassword(deps);
  return async (call, { current_password: current, new_password: wanted }) => {
    const user = await confirmPassword(call, current);
    checkPassword(wanted, user.username, await commonPasswords());
    const replacement = await deps.passwords.hash(wanted);
    const ended = await deps.db.write(changePasswordOperation, {
      userId: user.id,
      verified: user.passwordHash,
      replacement,
      keptSession: call.session.id,
    });
    for (const id of ended) deps.bus.endSession(id);
    deps.bus.userLogGrew(user.id);
    return {};
  };
}
