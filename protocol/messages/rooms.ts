import { Type } from "typebox";
import { command, event } from "../define.ts";
import { RoomIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { plainSuccess } from "./plain-success.ts";
import {
  Count,
  History,
  Limit,
  nullable,
  Offset,
  Room,
  RoomMembership,
  RoomName,
  RoomRole,
  Search,
  Seq,
  Timestamp,
  User,
  UserSeq,
} from "./shapes.ts";

export const Description = Type.String({ maxLength: limits.descriptionChars });

export const ChangedSettings = Type.Object(
  {
    public: Type.Optional(Type.Boolean({ description: "True unless said when a room is made" })),
    max_members: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
    moderated: Type.Optional(Type.Boolean({ description: "Only moderators and owners may write" })),
    join_role: Type.Optional(Type.Union([Type.Literal("member"), Type.Literal("moderator")])),
    description: Type.Optional(nullable(Description)),
    history: Type.Optional(History),
  },
  { additionalProperties: false },
);

export const createRoom = command("create_room", {
  about:
    "Makes a room and its first member, you, the owner. Unless said otherwise the history of a public room is shared, and that of a private one begins for each member with joining.",
  access: "session",
  rate: "api",
  params: {
    name: RoomName,
    description: Type.Optional(nullable(Description)),
    settings: Type.Optional(ChangedSettings),
  },
  result: { room: Room },
  errors: ["room_name_invalid", "room_name_taken", "storage_full"],
  http: { method: "POST", path: "/rooms", status: 201 },
});

export const getRoom = command("get_room", {
  about: "One room. A private room is missing to everybody but its members.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema },
  result: { room: Room, membership: Type.Optional(nullable(RoomMembership)), member_count: Count },
  errors: ["room_not_found"],
  http: {
    method: "GET",
    path: "/rooms/:room_id",
    toBody: (result) => ({ membership: null, ...result }),
    response: { room: Room, membership: nullable(RoomMembership), member_count: Count },
  },
});

const filter = {
  search: Type.Optional(Search),
  joined_only: Type.Optional(Type.Boolean()),
  public_only: Type.Optional(Type.Boolean()),
};

export const listRooms = command("list_rooms", {
  about: "The public rooms and your own, by name.",
  access: "session",
  rate: "api",
  params: {
    filter: Type.Optional(nullable(Type.Object(filter, { additionalProperties: false }))),
    limit: Type.Optional(Limit),
    offset: Type.Optional(Offset),
  },
  result: {
    rooms: Type.Array(Type.Object({ room: Room, member_count: Count, is_member: Type.Boolean() })),
    has_more: Type.Boolean(),
    total_count: Count,
  },
  errors: [],
  http: {
    method: "GET",
    path: "/rooms",
    query: { ...filter, limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
    toParams: ({ search, joined_only, public_only, ...page }) => ({
      ...page,
      filter: { search, joined_only, public_only },
    }),
  },
});

export const joinRoom = command("join_room", {
  about: "Joins a public room.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema },
  result: { room: Room, membership: RoomMembership, seq: Type.Optional(Seq) },
  errors: ["room_not_found", "already_member", "room_full", "room_banned", "storage_full"],
  http: { method: "POST", path: "/rooms/:room_id/join" },
});

export const leaveRoom = command("leave_room", {
  about: "Leaves a room. The only owner can leave only when nobody else is in it.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema },
  result: {},
  errors: ["room_not_found", "not_room_member", "last_owner", "storage_full"],
  http: { method: "POST", path: "/rooms/:room_id/leave", ...plainSuccess },
});

export const RoomMember = Type.Object({
  user_id: UserIdSchema,
  username: Type.String(),
  role: RoomRole,
  joined_at: Timestamp,
  is_online: Type.Boolean(),
});

export const getRoomMembers = command("get_room_members", {
  about: "Who is in a room, by role and name; for its members.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  result: { members: Type.Array(RoomMember), total: Count, has_more: Type.Boolean() },
  errors: ["room_not_found", "not_room_member"],
  http: {
    method: "GET",
    path: "/rooms/:room_id/members",
    query: { limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  },
});

export const userJoinedRoom = event("user_joined_room", {
  about: "Somebody became a member. To the room's members, the new one included.",
  logged: true,
  payload: {
    room_id: RoomIdSchema,
    user: User,
    membership: RoomMembership,
    seq: Seq,
    created_at: Timestamp,
    user_seq: Type.Optional(UserSeq),
  },
});

export const userLeftRoom = event("user_left_room", {
  about:
    "Somebody is no longer a member. To the room's members and to the one who left. `by` (new) is who removed or banned them.",
  logged: true,
  payload: {
    room_id: RoomIdSchema,
    user_id: UserIdSchema,
    username: Type.String(),
    reason: Type.String({ description: "left, kicked, banned or room_deleted" }),
    by: Type.Optional(UserIdSchema),
    seq: Seq,
    created_at: Timestamp,
    user_seq: Type.Optional(UserSeq),
  },
});
