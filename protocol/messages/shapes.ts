import { type Static, type TSchema, Type } from "typebox";
import {
  ClientIdSchema,
  DeviceIdSchema,
  InvitationIdSchema,
  MessageIdSchema,
  RoomIdSchema,
  SessionIdSchema,
  UserIdSchema,
} from "../ids.ts";
import { limits } from "../limits.ts";

/** The things that several messages carry. Field names are Lair Chat 0.8.0's; what it lacks is marked "new". */

export const Timestamp = Type.String({
  format: "date-time",
  maxLength: 40,
  description: "RFC 3339 in UTC",
});
export const Seq = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Place in the conversation's log, dense from 1",
});
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Limit = Type.Integer({
  minimum: 1,
  maximum: limits.pageSizeMax,
  description: `Rows of the page, ${limits.pageSize} unless said`,
});
export const Offset = Type.Integer({
  minimum: 0,
  maximum: 1_000_000_000,
  description: "Rows to skip",
});
export const Search = Type.String({
  maxLength: limits.searchChars,
  description: "Part of the name, without case",
});

/** Of what is in the user's own log. */
export const UserSeq = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Place in your own log, dense from 1. Only to clients with the feature resume",
});
export const Chain = Type.String({
  pattern: "^[A-Za-z0-9+/]{43}=$",
  maxLength: 44,
  description: "Hash over a log up to an entry, and with it (base64)",
});

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Role = Type.Union([
  Type.Literal("user"),
  Type.Literal("moderator"),
  Type.Literal("admin"),
]);
export type Role = Static<typeof Role>;
export const RoomRole = Type.Union([
  Type.Literal("member"),
  Type.Literal("moderator"),
  Type.Literal("owner"),
]);
export type RoomRole = Static<typeof RoomRole>;

export const Username = Type.String({
  minLength: limits.usernameChars.min,
  maxLength: limits.usernameChars.max,
  pattern: "^[A-Za-z0-9][A-Za-z0-9_-]*$",
  errorCode: "username_invalid",
});
export const Email = Type.String({
  minLength: 3,
  maxLength: limits.emailChars,
  // The labels of the domain hold no dot, so there is one way to match and it takes linear time.
  pattern:
    "^[^@\\s\\u0000-\\u001f\\u007f]+@[^@.\\s\\u0000-\\u001f\\u007f]+(\\.[^@.\\s\\u0000-\\u001f\\u007f]+)+$",
  errorCode: "email_invalid",
});
/** Length is checked in bytes by the server's password rules; this only keeps a giant out. */
export const Password = Type.String({
  maxLength: 1024,
  description: "8 to 256 bytes",
  errorCode: "password_too_weak",
});
export const RoomName = Type.String({
  minLength: 1,
  maxLength: limits.roomNameChars,
  errorCode: "room_name_invalid",
});
export const Content = Type.String({
  minLength: 1,
  maxLength: limits.contentBytes,
  description: "1 to 4096 bytes of UTF-8, not only blanks",
  errorCode: "content_invalid",
});

export const User = Type.Object({
  id: UserIdSchema,
  username: Type.String(),
  email: Type.String({ description: "Yours; empty for everybody else and where none was given" }),
  role: Role,
  created_at: Timestamp,
  updated_at: Timestamp,
  last_seen_at: Type.Union([Timestamp, Type.Null()], {
    description: "Yours; null for everybody else",
  }),
});
export type User = Static<typeof User>;

export const SessionInfo = Type.Object({
  id: SessionIdSchema,
  expires_at: Timestamp,
  device_id: DeviceIdSchema,
});
export type SessionInfo = Static<typeof SessionInfo>;

/** What a member may read of a room: everything, or what was written since joining. */
export const History = Type.Union([Type.Literal("shared"), Type.Literal("joined")], {
  description:
    "New. What a member may read: everything (shared), or what was written since joining (joined)",
});

const RoomSettings = Type.Object({
  description: nullable(Type.String()),
  is_private: Type.Boolean(),
  public: Type.Boolean(),
  max_members: nullable(Count),
  moderated: Type.Boolean({ description: "New. Only moderators and owners may write" }),
  join_role: Type.Union([Type.Literal("member"), Type.Literal("moderator")], {
    description: "New. What one becomes by joining",
  }),
  history: History,
});

export const Room = Type.Object({
  id: RoomIdSchema,
  name: Type.String(),
  owner: UserIdSchema,
  description: nullable(Type.String()),
  settings: RoomSettings,
  created_at: Timestamp,
});
export type Room = Static<typeof Room>;

export const RoomMembership = Type.Object({
  room_id: RoomIdSchema,
  user_id: UserIdSchema,
  role: RoomRole,
  joined_at: Timestamp,
});
export type RoomMembership = Static<typeof RoomMembership>;

/** Where a message goes: as 1.x writes it, `direct_message` being HTTP's word for `dm`. */
export const MessageTarget = Type.Union([
  Type.Object(
    { type: Type.Literal("room"), room_id: RoomIdSchema },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal("dm"), recipient: UserIdSchema },
    { additionalProperties: false },
  ),
]);
export type MessageTarget = Static<typeof MessageTarget>;

export const Message = Type.Object({
  id: MessageIdSchema,
  author: UserIdSchema,
  target: MessageTarget,
  content: Type.String(),
  edited: Type.Boolean(),
  created_at: Timestamp,
  seq: Seq,
  client_id: Type.Optional(ClientIdSchema),
});
export type Message = Static<typeof Message>;

export const InvitationStatus = Type.Union([
  Type.Literal("pending"),
  Type.Literal("accepted"),
  Type.Literal("declined"),
  Type.Literal("cancelled"),
  Type.Literal("expired"),
]);
export type InvitationStatus = Static<typeof InvitationStatus>;

export const Invitation = Type.Object({
  id: InvitationIdSchema,
  room_id: RoomIdSchema,
  room_name: Type.String(),
  inviter_id: UserIdSchema,
  inviter_name: Type.String(),
  invitee_id: UserIdSchema,
  invitee_name: Type.String(),
  status: InvitationStatus,
  message: nullable(Type.String()),
  created_at: Timestamp,
  expires_at: Timestamp,
  responded_at: nullable(Timestamp),
});
export type Invitation = Static<typeof Invitation>;

export const UnreadCounts = Type.Object({
  total: Count,
  by_room: Type.Record(Type.String(), Count, { description: "Unread messages by room id" }),
  by_dm: Type.Record(Type.String(), Count, {
    description: "Unread messages by the other user's id",
  }),
});
