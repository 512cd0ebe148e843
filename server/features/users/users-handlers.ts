import type { Handlers } from "../../commands/handler.ts";
import { createGetCurrentUser } from "./get-current-user.ts";
import { createGetUser } from "./get-user.ts";
import { createListUsers } from "./list-users.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createUsersHandlers(deps: UsersDeps) {
  return {
    get_current_user: createGetCurrentUser(deps),
    get_user: createGetUser(deps),
    list_users: createListUsers(deps),
  } satisfies Partial<Handlers>;
}
