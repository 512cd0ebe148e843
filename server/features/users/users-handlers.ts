import type { Handlers } from "../../commands/handler.ts";
import { createBlockUser } from "./block-user.ts";
import { createGetCurrentUser } from "./get-current-user.ts";
import { createGetUser } from "./get-user.ts";
import { createListBlockedUsers } from "./list-blocked-users.ts";
import { createListUsers } from "./list-users.ts";
import { createUnblockUser } from "./unblock-user.ts";
import { createUpdateProfile } from "./update-profile.ts";
import type { UsersDeps } from "./users-deps.ts";

export function createUsersHandlers(deps: UsersDeps) {
  return {
    get_current_user: createGetCurrentUser(deps),
    get_user: createGetUser(deps),
    list_users: createListUsers(deps),
    update_profile: createUpdateProfile(deps),
    block_user: createBlockUser(deps),
    unblock_user: createUnblockUser(deps),
    list_blocked_users: createListBlockedUsers(deps),
  } satisfies Partial<Handlers>;
}
