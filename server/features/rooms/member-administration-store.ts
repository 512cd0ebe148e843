import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { demand } from "../../rights/can.ts";
import { type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { pendingInvitation, settleInvitation } from "../invitations/invitation-row-store.ts";
import type { InvitationRow } from "../invitations/invitation-rules.ts";
import type { UserRow } from "../users/user-store.ts";
import { changeRole, dropMember, findMembership, userOf } from "./membership-store.ts";
import {
  admitMember,
  admitToRoom,
  type RoomAccess,
  type RoomAndUser,
} from "./room-access-store.ts";
import { insertBan } from "./room-ban-store.ts";
import { checkIsOther, type MemberRow, type RoomRow, removalOf } from "./room-rules.ts";

/** Somebody acts on somebody else in a room. */
export interface OnMemberArgs extends RoomAndUser {
  readonly targetId: UserId;
}

/** A member with the name that goes with his id. */
export interface NamedMember {
  readonly member: MemberRow;
  readonly username: string;
}

/**
 * Gives a member another role; the one he has already changes nothing.
 * @throws ChatError `room_not_found`, `not_room_member`, `user_not_found`, `permission_denied`,
 * `last_owner`
 */
export const updateMemberRoleOperation = writeOperation(
  "update_member_role",
  async (
    tx,
    { role, ...args }: OnMemberArgs & { readonly role: RoomRole },
  ): Promise<NamedMember> => {
    const { room } = await admitMember(tx, args, "room.set_role");
    checkIsOther(args.userId, args.targetId);
    const { member, user } = await targetOf(tx, args);
    const { username } = user;
    if (member.role === role) return { member, username };
    await changeRole(tx, room, { member, role, by: await userOf(tx, args.userId) });
    return { member: { ...member, role }, username };
  },
);

/**
 * Makes a member an owner in the place of one, who becomes a moderator.
 * @throws ChatError `room_not_found`, `not_room_member`, `user_not_found`, `permission_denied`
 */
export const transferOwnershipOperation = writeOperation(
  "transfer_ownership",
  async (tx, args: OnMemberArgs): Promise<RoomRow> => {
    const { room, member: owner } = await admitMember(tx, args, "room.transfer");
    checkIsOther(args.userId, args.targetId);
    const { member: heir } = await targetOf(tx, args);
    const by = await userOf(tx, args.userId);
    if (heir.role !== "owner") await changeRole(tx, room, { member: heir, role: "owner", by });
    return changeRole(tx, room, { member: owner, role: "moderator", by, heirId: heir.userId });
  },
);

/**
 * Puts a member out, who may come back.
 * @throws ChatError `room_not_found`, `not_room_member`, `user_not_found`, `permission_denied`,
 * `last_owner`
 */
export const removeMemberOperation = writeOperation(
  "remove_member",
  async (tx, args: OnMemberArgs): Promise<void> => {
    const { room } = await admitToRemove(tx, args);
    const { member } = await targetOf(tx, args);
    await dropMember(tx, room, member, { reason: "kicked", by: args.userId });
  },
);

export interface BanMemberArgs extends OnMemberArgs {
  readonly reason: string | null;
}

/**
 * Keeps somebody out of a room: a member is put out, an invitation is void (and returned).
 * @throws ChatError `room_not_found`, `not_room_member`, `user_not_found`, `permission_denied`,
 * `last_owner`
 */
export const banMemberOperation = writeOperation(
  "ban_member",
  async (tx, { reason, ...args }: BanMemberArgs): Promise<InvitationRow | undefined> => {
    const { room, target } = await admitToRemove(tx, args);
    const { id: userId } = await userOf(tx, args.targetId);
    await insertBan(tx, { roomId: room.id, userId, bannedBy: args.userId, reason });
    const how = { reason: "banned", by: args.userId } as const;
    if (target !== undefined) await dropMember(tx, room, target, how);
    const invitation = await pendingInvitation(tx, { roomId: room.id, userId });
    if (invitation !== undefined) await settleInvitation(tx, invitation.id, "cancelled");
    return invitation;
  },
);

/** What it takes to remove somebody depends on what he is. */
async function admitToRemove(
  tx: WriteTransaction,
  { targetId, ...who }: OnMemberArgs,
): Promise<RoomAccess & { readonly target: MemberRow | undefined }> {
  const access = await admitToRoom(tx, who, "room.see");
  const target = await findMembership(tx, who.roomId, targetId);
  demand(access.actor, removalOf(target?.role), access.resource);
  checkIsOther(who.userId, targetId);
  return { ...access, target };
}

/** @throws ChatError `user_not_found`, `not_room_member` */
async function targetOf(
  tx: WriteTransaction,
  { roomId, targetId }: OnMemberArgs,
): Promise<{ readonly member: MemberRow; readonly user: UserRow }> {
  const user = await userOf(tx, targetId);
  const member = await findMembership(tx, roomId, targetId);
  if (member !== undefined) return { member, user };
  throw new ChatError("not_room_member", { message: "This user is not a member of the room." });
}
