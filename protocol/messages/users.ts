import { Type } from "typebox";
import { command } from "../define.ts";
import { UserIdSchema } from "../ids.ts";
import { plainSuccess } from "./plain-success.ts";
import { Count, Email, Limit, Offset, Password, Search, UnreadCounts, User } from "./shapes.ts";

export const getCurrentUser = command("get_current_user", {
  about:
    "The signed-in user, with what only its owner may see. Unread messages are counted among the newest 1,000 entries of each conversation.",
  access: "session",
  rate: "api",
  params: {},
  result: { user: User, unread_counts: UnreadCounts },
  errors: [],
  http: { method: "GET", path: "/users/me" },
});

export const getUser = command("get_user", {
  about: "One user. `online` is true only where you share a conversation.",
  access: "session",
  rate: "api",
  params: { user_id: UserIdSchema },
  result: { user: User, online: Type.Boolean() },
  errors: ["user_not_found"],
  http: { method: "GET", path: "/users/:user_id" },
});

const filter = {
  search: Type.Optional(Search),
  online_only: Type.Optional(Type.Boolean()),
};

export const listUsers = command("list_users", {
  about: "The users of this server by name.",
  access: "session",
  rate: "api",
  params: {
    filter: Type.Optional(Type.Object(filter, { additionalProperties: false })),
    limit: Type.Optional(Limit),
    offset: Type.Optional(Offset),
  },
  result: {
    users: Type.Array(User),
    online_user_ids: Type.Array(UserIdSchema, {
      description: "Those of the page who are online and share a conversation with you",
    }),
    has_more: Type.Boolean(),
    total_count: Count,
  },
  errors: [],
  http: {
    method: "GET",
    path: "/users",
    query: { ...filter, limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
    toParams: ({ search, online_only, ...page }) => ({ ...page, filter: { search, online_only } }),
    toBody: ({ users, online_user_ids, ...page }) => ({
      users: withOnline(users, online_user_ids),
      ...page,
    }),
    response: {
      users: Type.Array(Type.Object({ user: User, online: Type.Boolean() })),
      has_more: Type.Boolean(),
      total_count: Count,
    },
  },
});

/** HTTP's shape of the list: each user beside its presence. */
function withOnline(users: unknown, online: unknown): unknown {
  if (!Array.isArray(users) || !Array.isArray(online)) return users;
  const ids = new Set<unknown>(online);
  return users.map((user: { id?: unknown }) => ({ user, online: ids.has(user.id) }));
}

export const updateProfile = command("update_profile", {
  about:
    "Changes your e-mail address (empty removes it); asks for the password, because the address can get the account back.",
  access: "session",
  rate: "login",
  params: {
    email: Type.Optional(Type.Union([Email, Type.Literal("")], { errorCode: "email_invalid" })),
    current_password: Type.Optional(Password),
  },
  result: { user: User },
  errors: [
    "email_invalid",
    "email_taken",
    "incorrect_password",
    "account_locked",
    "busy",
    "storage_full",
  ],
  http: { method: "PATCH", path: "/users/me" },
});

export const blockUser = command("block_user", {
  about: "The other can send you no direct messages and no invitations any more. Nobody is told.",
  access: "session",
  rate: "api",
  params: { user_id: UserIdSchema },
  result: {},
  errors: ["user_not_found", "validation_failed", "storage_full"],
  http: { method: "POST", path: "/users/:user_id/block", ...plainSuccess },
});

export const unblockUser = command("unblock_user", {
  about: "Takes a block back; does nothing where there is none.",
  access: "session",
  rate: "api",
  params: { user_id: UserIdSchema },
  result: {},
  errors: ["storage_full"],
  http: { method: "DELETE", path: "/users/:user_id/block", ...plainSuccess },
});

export const listBlockedUsers = command("list_blocked_users", {
  about: "Whom you have blocked.",
  access: "session",
  rate: "api",
  params: { limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  result: {
    users: Type.Array(Type.Object({ id: UserIdSchema, username: Type.String() })),
    total_count: Count,
    has_more: Type.Boolean(),
  },
  errors: [],
  http: {
    method: "GET",
    path: "/users/blocked",
    query: { limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  },
});
