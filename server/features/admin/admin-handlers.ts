import type { Handlers } from "../../commands/handler.ts";
import { createAdminDeleteRoom } from "./admin-delete-room.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { createBanUser } from "./ban-user.ts";
import { createCreateRegistrationInvite } from "./create-registration-invite.ts";
import { createGetStats } from "./get-stats.ts";
import { createListRegistrationInvites } from "./list-registration-invites.ts";
import { createRevokeRegistrationInvite } from "./revoke-registration-invite.ts";
import { createSendServerNotice } from "./send-server-notice.ts";
import { createSetUserRole } from "./set-user-role.ts";
import { createUnbanUser } from "./unban-user.ts";

export function createAdminHandlers(deps: AdminDeps) {
  return {
    get_stats: createGetStats(deps),
    ban_user: createBanUser(deps),
    unban_user: createUnbanUser(deps),
    set_user_role: createSetUserRole(deps),
    admin_delete_room: createAdminDeleteRoom(deps),
    send_server_notice: createSendServerNotice(deps),
    create_registration_invite: createCreateRegistrationInvite(deps),
    list_registration_invites: createListRegistrationInvites(deps),
    revoke_registration_invite: createRevokeRegistrationInvite(deps),
  } satisfies Partial<Handlers>;
}
