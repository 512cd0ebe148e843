import { isCommandName } from "@lair-chat/protocol/registry.ts";
import { type TProperties, type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import {
  defaulted,
  ErrorInfo,
  Flag,
  Invitation,
  listOf,
  Membership,
  Message,
  option,
  Room,
  RoomListItem,
  Session,
  shape,
  Target,
  Text,
  Time,
  U64,
  User,
  Uuid,
} from "./rust-client-shapes.ts";

/** A reply: what came of it, and whatever there is. */
const reply = (fields: TProperties = {}) =>
  shape({ request_id: option(Text), success: Flag, error: option(ErrorInfo), ...fields });

const signedIn = { user: option(User), session: option(Session) };

/** Every message that the client of 0.8.0 knows, by its `type`; any other is one it cannot read. */
export const knownFrames = {
  server_hello: shape({
    version: Text,
    server_name: Text,
    features: defaulted(listOf(Text)),
    encryption_required: defaulted(Flag),
  }),
  authenticate_response: reply(signedIn),
  login_response: reply({ ...signedIn, token: option(Text) }),
  register_response: reply({ ...signedIn, token: option(Text) }),
  logout_response: reply(),
  send_message_response: reply({ message: option(Message) }),
  edit_message_response: reply({ message: option(Message) }),
  delete_message_response: reply(),
  get_messages_response: reply({ messages: defaulted(listOf(Message)), has_more: defaulted(Flag) }),
  create_room_response: reply({ room: option(Room) }),
  join_room_response: reply({ room: option(Room), membership: option(Membership) }),
  leave_room_response: reply(),
  list_rooms_response: reply({
    rooms: defaulted(listOf(RoomListItem)),
    has_more: defaulted(Flag),
    total_count: option(U64),
  }),
  get_room_response: reply({
    room: option(Room),
    membership: option(Membership),
    member_count: option(U64),
  }),
  invite_to_room_response: reply({ invitation: option(Invitation) }),
  accept_invitation_response: reply({ membership: option(Membership) }),
  decline_invitation_response: reply(),
  list_invitations_response: reply({ invitations: defaulted(listOf(Invitation)) }),
  get_user_response: reply({ user: option(User) }),
  list_users_response: reply({
    users: defaulted(listOf(User)),
    online_user_ids: defaulted(listOf(Text)),
    has_more: defaulted(Flag),
    total_count: option(U64),
  }),
  get_current_user_response: reply({ user: option(User) }),
  pong: shape({ server_time: option(Time) }),
  key_exchange_response: shape({ public_key: Text }),
  error: shape({
    request_id: option(Text),
    code: Text,
    message: Text,
    details: Type.Optional(Type.Unknown()),
  }),
  message_received: shape({ message: Message, author_username: Text }),
  message_edited: shape({ message: Message, previous_content: option(Text) }),
  message_deleted: shape({ message_id: Uuid, target: Target, deleted_by: Uuid }),
  user_joined_room: shape({ room_id: Uuid, user: User, membership: Membership }),
  user_left_room: shape({ room_id: Uuid, user_id: Uuid, reason: Text }),
  member_role_changed: shape({
    room_id: Uuid,
    user_id: Uuid,
    username: Text,
    old_role: Text,
    new_role: Text,
    changed_by: Uuid,
  }),
  room_updated: shape({ room: Room, changed_by: Uuid, changes: defaulted(listOf(Text)) }),
  room_deleted: shape({ room_id: Uuid, room_name: Text, deleted_by: Uuid }),
  user_online: shape({ user_id: Uuid, username: Text }),
  user_offline: shape({ user_id: Uuid, username: Text }),
  user_typing: shape({ user_id: Uuid, target: Target }),
  invitation_received: shape({ invitation: Invitation }),
  server_notice: shape({ message: Text, severity: Text }),
  session_expiring: shape({ session_id: Uuid, expires_at: Time }),
} as const satisfies Readonly<Record<string, TSchema>>;

export type KnownFrame = keyof typeof knownFrames;

export function isKnownFrame(type: unknown): type is KnownFrame {
  return typeof type === "string" && Object.hasOwn(knownFrames, type);
}

const validators = new Map<KnownFrame, Validator>();

function validatorOf(type: KnownFrame): Validator {
  const validator = validators.get(type) ?? (Compile(knownFrames[type]) as Validator);
  validators.set(type, validator);
  return validator;
}

/** Why the client of 0.8.0 could not read this message; undefined when it could. */
export function whyUnreadable(message: Readonly<Record<string, unknown>>): string | undefined {
  const { type } = message;
  if (!isKnownFrame(type)) {
    return isAskedFor(type) ? undefined : `no message called ${String(type)} is known there`;
  }
  const [first] = validatorOf(type).Errors(message);
  return first === undefined ? undefined : `${first.instancePath} ${first.message}`;
}

/** A reply to a command that client does not have: it never asks, so it is never sent one. */
function isAskedFor(type: unknown): boolean {
  return typeof type === "string" && isCommandName(type.replace(/_response$/, ""));
}
