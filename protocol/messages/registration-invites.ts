import { Type } from "typebox";
import { command } from "../define.ts";
import { RegistrationInviteIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { plainSuccess } from "./plain-success.ts";
import { Count, Limit, nullable, Offset, Timestamp } from "./shapes.ts";

/** Invites to the server: with one an account can be made where registration is by invitation. */

const RegistrationInvite = Type.Object({
  id: RegistrationInviteIdSchema,
  created_by: nullable(UserIdSchema),
  note: nullable(Type.String()),
  max_uses: Count,
  uses: Count,
  created_at: Timestamp,
  expires_at: Timestamp,
  revoked_at: nullable(Timestamp),
});

export const createRegistrationInvite = command("create_registration_invite", {
  about:
    "New. Makes an invite to the server. Its token is told once and never again; who has it may make an account.",
  access: "admin",
  rate: "api",
  params: {
    uses: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.inviteUsesMax,
        description: "Accounts that can be made with it, 1 unless said",
      }),
    ),
    expires_in_hours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: limits.inviteHoursMax,
        description: `${limits.inviteHours} unless said`,
      }),
    ),
    note: Type.Optional(
      nullable(Type.String({ maxLength: limits.inviteNoteChars, description: "For the list" })),
    ),
  },
  result: { invite: RegistrationInvite, token: Type.String() },
  errors: ["permission_denied", "storage_full"],
  http: { method: "POST", path: "/admin/registration-invites", status: 201 },
});

export const listRegistrationInvites = command("list_registration_invites", {
  about: "New. The invites to the server, the newest first, those that are over included.",
  access: "admin",
  rate: "api",
  params: { limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  result: {
    invites: Type.Array(RegistrationInvite),
    total_count: Count,
    has_more: Type.Boolean(),
  },
  errors: [],
  http: {
    method: "GET",
    path: "/admin/registration-invites",
    query: { limit: Type.Optional(Limit), offset: Type.Optional(Offset) },
  },
});

export const revokeRegistrationInvite = command("revoke_registration_invite", {
  about: "New. Makes an invite useless; accounts that were made with it stay.",
  access: "admin",
  rate: "api",
  params: { invite_id: RegistrationInviteIdSchema },
  result: {},
  errors: ["invite_not_found", "permission_denied", "storage_full"],
  http: { method: "DELETE", path: "/admin/registration-invites/:invite_id", ...plainSuccess },
});
