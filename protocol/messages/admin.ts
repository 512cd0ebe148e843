import { Type } from "typebox";
import { command } from "../define.ts";
import { RoomIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { plainSuccess } from "./plain-success.ts";
import { Count, nullable, Role, Timestamp, User } from "./shapes.ts";

const Reason = Type.String({ maxLength: limits.descriptionChars });

export const getStats = command("get_stats", {
  about: "What the server holds and does.",
  access: "admin",
  rate: "api",
  params: {},
  result: {
    stats: Type.Object({
      total_users: Count,
      total_rooms: Count,
      online_users: Count,
      users: Type.Object({ total: Count, online: Count, created_today: Count }),
      rooms: Type.Object({ total: Count, public: Count, active: Count }),
      messages: Type.Object({ total: Count, today: Count, this_hour: Count }),
      connections: Type.Object({ tcp: Count, http_sessions: Count, websocket: Count }),
      uptime_seconds: Count,
    }),
  },
  errors: [],
  http: { method: "GET", path: "/admin/stats" },
});

export const banUser = command("ban_user", {
  about:
    "Keeps a user off the server, for some hours or until unbanned, and ends all of their sessions.",
  access: "admin",
  rate: "api",
  params: {
    user_id: UserIdSchema,
    reason: Type.Optional(nullable(Reason)),
    duration_hours: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 876_000 }))),
  },
  result: { expires_at: nullable(Timestamp) },
  errors: ["user_not_found", "permission_denied", "storage_full"],
  http: {
    method: "POST",
    path: "/admin/users/:user_id/ban",
    toBody: (result) => ({ success: true, ...result }),
    response: { success: Type.Literal(true), expires_at: nullable(Timestamp) },
  },
});

export const unbanUser = command("unban_user", {
  about: "Lets a banned user in again.",
  access: "admin",
  rate: "api",
  params: { user_id: UserIdSchema },
  result: {},
  errors: ["user_not_found", "storage_full"],
  http: { method: "POST", path: "/admin/users/:user_id/unban", ...plainSuccess },
});

export const setUserRole = command("set_user_role", {
  about: "Makes a user an admin, a moderator or neither. The last admin stays one.",
  access: "admin",
  rate: "api",
  params: { user_id: UserIdSchema, role: Role },
  result: { user: User },
  errors: ["user_not_found", "permission_denied", "storage_full"],
  http: { method: "PUT", path: "/admin/users/:user_id/role" },
});

export const adminDeleteRoom = command("admin_delete_room", {
  about: "Deletes any room with everything in it.",
  access: "admin",
  rate: "api",
  params: { room_id: RoomIdSchema, reason: Type.Optional(nullable(Reason)) },
  result: {},
  errors: ["room_not_found", "storage_full"],
  http: { method: "DELETE", path: "/admin/rooms/:room_id", ...plainSuccess },
});

export const sendServerNotice = command("send_server_notice", {
  about: "Says something to everybody who is connected.",
  access: "admin",
  rate: "api",
  params: {
    message: Type.String({ minLength: 1, maxLength: limits.descriptionChars }),
    severity: Type.Optional(
      Type.Union([Type.Literal("info"), Type.Literal("warning"), Type.Literal("critical")]),
    ),
  },
  result: { receivers: Count },
  errors: [],
  http: { method: "POST", path: "/admin/notices" },
});
