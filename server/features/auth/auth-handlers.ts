import type { Handlers } from "../../commands/handler.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { createAuthenticate } from "./authenticate.ts";
import { createChangePassword } from "./change-password.ts";
import { createLogin } from "./login.ts";
import { createLogout } from "./logout.ts";
import { createRefresh } from "./refresh.ts";
import { createRegister } from "./register.ts";

export function createAuthHandlers(deps: AuthDeps) {
  return {
    register: createRegister(deps),
    login: createLogin(deps),
    refresh: createRefresh(deps),
    authenticate: createAuthenticate(deps),
    logout: createLogout(deps),
    change_password: createChangePassword(deps),
  } satisfies Partial<Handlers>;
}
