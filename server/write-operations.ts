import {
  banUserOperation,
  changeUserRoleOperation,
  unbanUserOperation,
} from "./features/admin/admin-store.ts";
import {
  createInviteOperation,
  revokeInviteOperation,
} from "./features/admin/registration-invite-operations.ts";
import { createAccountOperation } from "./features/auth/account-store.ts";
import { touchDeviceOperation } from "./features/auth/device-store.ts";
import { changePasswordOperation } from "./features/auth/password-store.ts";
import { rotateRefreshTokenOperation } from "./features/auth/refresh-token-store.ts";
import {
  addInviteOperation,
  withdrawInviteOperation,
} from "./features/auth/registration-invite-store.ts";
import {
  extendSessionOperation,
  purgeSessionsOperation,
  revokeSessionOperation,
  startSessionOperation,
} from "./features/auth/session-store.ts";
import { replaceSetupTokenOperation } from "./features/auth/setup-token-store.ts";
import {
  acceptInvitationOperation,
  cancelInvitationOperation,
  declineInvitationOperation,
  inviteToRoomOperation,
} from "./features/invitations/invitation-store.ts";
import {
  deleteMessageOperation,
  editMessageOperation,
} from "./features/messages/message-change-store.ts";
import { appendMessageOperation } from "./features/messages/message-store.ts";
import { markReadOperation } from "./features/messages/read-marker-store.ts";
import {
  banMemberOperation,
  removeMemberOperation,
  transferOwnershipOperation,
  updateMemberRoleOperation,
} from "./features/rooms/member-administration-store.ts";
import {
  deleteRoomOperation,
  updateRoomOperation,
} from "./features/rooms/room-administration-store.ts";
import { unbanMemberOperation } from "./features/rooms/room-ban-store.ts";
import {
  createRoomOperation,
  joinRoomOperation,
  leaveRoomOperation,
} from "./features/rooms/room-store.ts";
import { blockUserOperation, unblockUserOperation } from "./features/users/block-store.ts";
import {
  addUserOperation,
  replacePasswordHashOperation,
  setEmailOperation,
  setUserRoleOperation,
} from "./features/users/user-store.ts";
import { touchProbeOperation } from "./storage/readiness-probe.ts";

/** Everything the writer thread can be asked to do: an operation that is not listed here is unknown to it. */
export const writeOperations = [
  createAccountOperation,
  touchDeviceOperation,
  rotateRefreshTokenOperation,
  extendSessionOperation,
  purgeSessionsOperation,
  revokeSessionOperation,
  startSessionOperation,
  replaceSetupTokenOperation,
  changePasswordOperation,
  appendMessageOperation,
  editMessageOperation,
  deleteMessageOperation,
  markReadOperation,
  createRoomOperation,
  joinRoomOperation,
  leaveRoomOperation,
  updateRoomOperation,
  deleteRoomOperation,
  updateMemberRoleOperation,
  transferOwnershipOperation,
  removeMemberOperation,
  banMemberOperation,
  unbanMemberOperation,
  inviteToRoomOperation,
  acceptInvitationOperation,
  declineInvitationOperation,
  cancelInvitationOperation,
  addUserOperation,
  replacePasswordHashOperation,
  setUserRoleOperation,
  setEmailOperation,
  blockUserOperation,
  unblockUserOperation,
  banUserOperation,
  unbanUserOperation,
  changeUserRoleOperation,
  createInviteOperation,
  revokeInviteOperation,
  addInviteOperation,
  withdrawInviteOperation,
  touchProbeOperation,
];
