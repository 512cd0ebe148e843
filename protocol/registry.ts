import type { ParamsOf, PayloadOf, ResultOf } from "./define.ts";
import { authenticate, login, logout, refresh, register } from "./messages/auth.ts";
import { clientHello, errorEvent, ping, serverHello, serverNotice } from "./messages/connection.ts";
import {
  getLog,
  getMessages,
  listConversations,
  messageReceived,
  sendMessage,
} from "./messages/messages.ts";
import { typing, userOffline, userOnline, userTyping } from "./messages/presence.ts";
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
import { getCurrentUser, getUser, listUsers } from "./messages/users.ts";

/** Every command of the protocol by its name on the wire. */
export const commands = {
  client_hello: clientHello,
  ping,
  register,
  login,
  refresh,
  authenticate,
  logout,
  get_current_user: getCurrentUser,
  get_user: getUser,
  list_users: listUsers,
  create_room: createRoom,
  get_room: getRoom,
  list_rooms: listRooms,
  join_room: joinRoom,
  leave_room: leaveRoom,
  get_room_members: getRoomMembers,
  send_message: sendMessage,
  get_messages: getMessages,
  get_log: getLog,
  list_conversations: listConversations,
  typing,
} as const;

/** Every event of the protocol by its name on the wire. */
export const events = {
  server_hello: serverHello,
  server_notice: serverNotice,
  error: errorEvent,
  message_received: messageReceived,
  user_joined_room: userJoinedRoom,
  user_left_room: userLeftRoom,
  user_online: userOnline,
  user_offline: userOffline,
  user_typing: userTyping,
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
/** The events that are entries of a conversation's log. */
export type LoggedEvent =
  | EventOf<"message_received">
  | EventOf<"user_joined_room">
  | EventOf<"user_left_room">;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name);
}
