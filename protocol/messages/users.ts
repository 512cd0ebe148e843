import { Type } from "typebox";
import { command } from "../define.ts";
import { UserIdSchema } from "../ids.ts";
import { Count, Limit, Offset, Search, User } from "./shapes.ts";

export const getCurrentUser = command("get_current_user", {
  about: "The signed-in user, with what only its owner may see.",
  access: "session",
  rate: "api",
  params: {},
  result: { user: User },
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
  },
});

/** HTTP's shape of the list: each user beside its presence. */
function withOnline(users: unknown, online: unknown): unknown {
  if (!Array.isArray(users) || !Array.isArray(online)) return users;
  const ids = new Set<unknown>(online);
  return users.map((user: { id?: unknown }) => ({ user, online: ids.has(user.id) }));
}
