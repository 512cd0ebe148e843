import type { RegistrationInviteId, UserId } from "@lair-chat/protocol/ids.ts";
import { writeOperation } from "../../storage/database.ts";
import {
  type InviteRow,
  insertInvite,
  type NewInvite,
  revokeInvite,
} from "../auth/registration-invite-store.ts";
import { demandAdmin } from "./admin-store.ts";

/** @throws ChatError `permission_denied` */
export const createInviteOperation = writeOperation(
  "create_registration_invite",
  async (tx, invite: NewInvite & { readonly createdBy: UserId }): Promise<InviteRow> => {
    await demandAdmin(tx, invite.createdBy);
    return insertInvite(tx, invite);
  },
);

/** @throws ChatError `permission_denied`, `invite_not_found` */
export const revokeInviteOperation = writeOperation(
  "revoke_registration_invite",
  async (tx, args: { readonly id: RegistrationInviteId; readonly by: UserId }): Promise<void> => {
    await demandAdmin(tx, args.by);
    await revokeInvite(tx, args.id);
  },
);
