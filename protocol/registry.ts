import type { ParamsOf, PayloadOf, ResultOf } from "./define.ts";
import {
  adminDeleteRoom,
  banUser,
  getStats,
  sendServerNotice,
  setUserRole,
  unbanUser,
} from "./messages/admin.ts";
import {
  authenticate,
  changePassword,
  login,
  logout,
  refresh,
  register,
  sessionExpiring,
} from "./messages/auth.ts";
import {
  clientHello,
  errorEvent,
  keyExchange,
  noiseHandshake,
  ping,
  serverHello,
  serverNotice,
} from "./messages/connection.ts";
import { listConversations } from "./messages/conversations.ts";
import { heads, resume, resync } from "./messages/delivery.ts";
import {
  acceptInvitation,
  cancelInvitation,
  declineInvitation,
  invitationCancelled,
  invitationReceived,
  inviteToRoom,
  listInvitations,
} from "./messages/invitations.ts";
import {
  deleteMessage,
  editMessage,
  getLog,
  getMessages,
  markMessagesRead,
  messageDeleted,
  messageEdited,
  messageReceived,
  messagesRead,
  roomMessages,
  sendMessage,
} from "./messages/messages.ts";
import { typing, userOffline, userOnline, userTyping } from "./messages/presence.ts";
import {
  createRegistrationInvite,
  listRegistrationInvites,
  revokeRegistrationInvite,
} from "./messages/registration-invites.ts";
import {
  banMember,
  deleteRoom,
  listBans,
  memberRoleChanged,
  removeMember,
  roomDeleted,
  roomUpdated,
  transferOwnership,
  unbanMember,
  updateMemberRole,
  updateRoom,
} from "./messages/room-administration.ts";
import {
  createRoom,
  getRoom,
  getRoomMembers,
  joinRoom,
  leaveRoom,
  listRooms,
  userJoinedRoom,
  userLeftRoom,
} from "./messages/rooms.ts";
import {
  blockChanged,
  invitationSettled,
  sessionStarted,
  sessionsEnded,
} from "./messages/user-log.ts";
import {
  blockUser,
  getCurrentUser,
  getUser,
  listBlockedUsers,
  listUsers,
  unblockUser,
  updateProfile,
} from "./messages/users.ts";

/** Every command of the protocol by its name on the wire. */
export const commands = {
  client_hello: clientHello,
  noise_handshake: noiseHandshake,
  key_exchange: keyExchange,
  ping,
  register,
  login,
  refresh,
  authenticate,
  logout,
  change_password: changePassword,
  get_current_user: getCurrentUser,
  get_user: getUser,
  list_users: listUsers,
  update_profile: updateProfile,
  block_user: blockUser,
  unblock_user: unblockUser,
  list_blocked_users: listBlockedUsers,
  create_room: createRoom,
  get_room: getRoom,
  list_rooms: listRooms,
  join_room: joinRoom,
  leave_room: leaveRoom,
  get_room_members: getRoomMembers,
  update_room: updateRoom,
  delete_room: deleteRoom,
  update_member_role: updateMemberRole,
  transfer_ownership: transferOwnership,
  remove_member: removeMember,
  ban_member: banMember,
  unban_member: unbanMember,
  list_bans: listBans,
  invite_to_room: inviteToRoom,
  list_invitations: listInvitations,
  accept_invitation: acceptInvitation,
  decline_invitation: declineInvitation,
  cancel_invitation: cancelInvitation,
  send_message: sendMessage,
  edit_message: editMessage,
  delete_message: deleteMessage,
  mark_messages_read: markMessagesRead,
  get_messages: getMessages,
  get_log: getLog,
  list_conversations: listConversations,
  resume,
  typing,
  get_stats: getStats,
  ban_user: banUser,
  unban_user: unbanUser,
  set_user_role: setUserRole,
  admin_delete_room: adminDeleteRoom,
  send_server_notice: sendServerNotice,
  create_registration_invite: createRegistrationInvite,
  list_registration_invites: listRegistrationInvites,
  revoke_registration_invite: revokeRegistrationInvite,
} as const;

/** Every event of the protocol by its name on the wire. */
export const events = {
  server_hello: serverHello,
  server_notice: serverNotice,
  error: errorEvent,
  session_expiring: sessionExpiring,
  message_received: messageReceived,
  room_messages: roomMessages,
  message_edited: messageEdited,
  message_deleted: messageDeleted,
  messages_read: messagesRead,
  user_joined_room: userJoinedRoom,
  user_left_room: userLeftRoom,
  member_role_changed: memberRoleChanged,
  room_updated: roomUpdated,
  room_deleted: roomDeleted,
  invitation_received: invitationReceived,
  invitation_cancelled: invitationCancelled,
  user_online: userOnline,
  user_offline: userOffline,
  user_typing: userTyping,
  heads,
  resync,
  invitation_settled: invitationSettled,
  session_started: sessionStarted,
  sessions_ended: sessionsEnded,
  block_changed: blockChanged,
} as const;

export type CommandName = keyof typeof commands;
export type Params<N extends CommandName> = ParamsOf<(typeof commands)[N]>;
export type Result<N extends CommandName> = ResultOf<(typeof commands)[N]>;

/** The commands that only a signed-in caller reaches. */
export type SessionCommandName = {
  [N in CommandName]: (typeof commands)[N]["access"] extends "session" | "admin" ? N : never;
}[CommandName];

export type EventName = keyof typeof events;
/** An event as it stands on the wire: its name in `type`, its payload beside it. */
export type EventOf<N extends EventName> = { type: N } & PayloadOf<(typeof events)[N]>;
export type AnyEvent = { [N in EventName]: EventOf<N> }[EventName];
type LoggedEventName =
  | "message_received"
  | "message_edited"
  | "message_deleted"
  | "user_joined_room"
  | "user_left_room"
  | "member_role_changed"
  | "room_updated";
/** The events that are entries of a conversation's log. */
export type LoggedEvent = { [N in LoggedEventName]: EventOf<N> }[LoggedEventName];

type UserLogEventName =
  | "invitation_received"
  | "invitation_cancelled"
  | "invitation_settled"
  | "user_joined_room"
  | "user_left_room"
  | "member_role_changed"
  | "room_deleted"
  | "messages_read"
  | "session_started"
  | "sessions_ended"
  | "block_changed";
/** The events that are entries of a user's own log; there they carry `user_seq`. */
export type UserLogEvent = { [N in UserLogEventName]: EventOf<N> }[UserLogEventName];

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name);
}
