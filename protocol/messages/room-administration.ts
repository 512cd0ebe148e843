import { Type } from "typebox";
import { command, event } from "../define.ts";
import { RoomIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { plainSuccess } from "./plain-success.ts";
import { ChangedSettings, Description, RoomMember } from "./rooms.ts";
import {
  Count,
  Limit,
  nullable,
  Offset,
  Room,
  RoomName,
  RoomRole,
  Seq,
  Timestamp,
  UserSeq,
} from "./shapes.ts";

const Reason = Type.String({
  maxLength: limits.descriptionChars,
  description: "Shown to the room",
});

export const updateRoom = command("update_room", {
  about:
    "Changes a room's name, description or settings: its owners (an admin any room it may see; what members may read of the past only owners).",
  access: "session",
  rate: "api",
  params: {
    room_id: RoomIdSchema,
    name: Type.Optional(RoomName),
    description: Type.Optional(nullable(Description)),
    settings: Type.Optional(ChangedSettings),
  },
  result: { room: Room },
  errors: [
    "room_not_found",
    "not_room_member",
    "permission_denied",
    "room_name_invalid",
    "room_name_taken",
    "validation_failed",
    "storage_full",
  ],
  http: { method: "PATCH", path: "/rooms/:room_id" },
});

export const deleteRoom = command("delete_room", {
  about: "Deletes a room of yours with everything in it.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema },
  result: {},
  errors: ["room_not_found", "not_room_member", "permission_denied", "storage_full"],
  http: { method: "DELETE", path: "/rooms/:room_id", ...plainSuccess },
});

export const updateMemberRole = command("update_member_role", {
  about: "Changes what a member is in the room: its owners.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, user_id: UserIdSchema, role: RoomRole },
  result: { member: RoomMember },
  errors: [
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "permission_denied",
    "last_owner",
    "storage_full",
  ],
  http: { method: "PUT", path: "/rooms/:room_id/members/:user_id/role" },
});

export const transferOwnership = command("transfer_ownership", {
  about: "Makes a member the owner in your place; you become a moderator.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, user_id: UserIdSchema },
  result: { room: Room },
  errors: [
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "permission_denied",
    "storage_full",
  ],
  http: { method: "POST", path: "/rooms/:room_id/transfer" },
});

export const removeMember = command("remove_member", {
  about:
    "Removes a member, who may join again: owners remove anybody but the last owner, moderators members.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, user_id: UserIdSchema },
  result: {},
  errors: [
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "permission_denied",
    "last_owner",
    "storage_full",
  ],
  http: { method: "DELETE", path: "/rooms/:room_id/members/:user_id", ...plainSuccess },
});

export const banMember = command("ban_member", {
  about: "Keeps somebody out of the room, removing a member: as `remove_member`.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, user_id: UserIdSchema, reason: Type.Optional(Reason) },
  result: {},
  errors: [
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "permission_denied",
    "last_owner",
    "storage_full",
  ],
  http: { method: "POST", path: "/rooms/:room_id/bans/:user_id", ...plainSuccess },
});

export const unbanMember = command("unban_member", {
  about: "Lets somebody in again; does nothing for one who is not banned.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, user_id: UserIdSchema },
  result: {},
  errors: ["room_not_found", "not_room_member", "permission_denied", "storage_full"],
  http: { method: "DELETE", path: "/rooms/:room_id/bans/:user_id", ...plainSuccess },
});

export const listBans = command("list_bans", {
  about: "Who is kept out of a room; for its moderators and owners.",
  access: "session",
  rate: "api",
  params: { room_id: RoomIdSchema, limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  result: {
    bans: Type.Array(
      Type.Object({
        user_id: UserIdSchema,
        username: Type.String(),
        banned_by: UserIdSchema,
        reason: nullable(Type.String()),
        created_at: Timestamp,
      }),
    ),
    total: Count,
    has_more: Type.Boolean(),
  },
  errors: ["room_not_found", "not_room_member", "permission_denied"],
  http: {
    method: "GET",
    path: "/rooms/:room_id/bans",
    query: { limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  },
});

export const memberRoleChanged = event("member_role_changed", {
  about: "A member is something else in the room now.",
  logged: true,
  payload: {
    room_id: RoomIdSchema,
    user_id: UserIdSchema,
    username: Type.String(),
    old_role: RoomRole,
    new_role: RoomRole,
    changed_by: UserIdSchema,
    seq: Seq,
    created_at: Timestamp,
    user_seq: Type.Optional(UserSeq),
  },
});

export const roomUpdated = event("room_updated", {
  about: "The room's name, description or settings changed; `changes` says which fields.",
  logged: true,
  payload: {
    room: Room,
    changed_by: UserIdSchema,
    changes: Type.Array(Type.String(), {
      description: "For instance name, description, settings.public",
    }),
    seq: Seq,
    created_at: Timestamp,
  },
});

export const roomDeleted = event("room_deleted", {
  about: "The room is gone with everything in it.",
  logged: false,
  payload: {
    room_id: RoomIdSchema,
    room_name: Type.String(),
    deleted_by: UserIdSchema,
    reason: Type.Optional(nullable(Type.String())),
    user_seq: Type.Optional(UserSeq),
  },
});
