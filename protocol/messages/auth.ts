import { Type } from "typebox";
import { command, event } from "../define.ts";
import { DeviceIdSchema, SessionIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { base64Of } from "./base64-of.ts";
import { plainSuccess } from "./plain-success.ts";
import { Email, Password, SessionInfo, Timestamp, User, Username } from "./shapes.ts";

const device = {
  device_id: Type.Optional(DeviceIdSchema),
  device_name: Type.Optional(
    Type.String({ maxLength: limits.deviceNameChars, description: "Shown in the list of devices" }),
  ),
};

/**
 * Ties a sign-in to the sealed channel it is meant for: somebody in between has another one with each
 * side, and can't make them equal.
 */
const channelBinding = {
  channel_binding: Type.Optional(
    base64Of(
      32,
      "On a channel sealed by Noise: the hash of its handshake, base64. Refused on every other",
    ),
  ),
};

const signedIn = {
  user: User,
  session: SessionInfo,
  token: Type.String({
    description: "Access token (JWT) for Authorization: Bearer and authenticate",
  }),
  token_expires_at: Timestamp,
  refresh_token: Type.Optional(
    Type.String({
      description:
        "Only with a device_id: good for one refresh; without it the token lives as long as the session",
    }),
  ),
};

const RefreshToken = Type.String({ minLength: 16, maxLength: 128 });

export const register = command("register", {
  about: "Makes an account and signs it in.",
  access: "anonymous",
  rate: "register",
  params: {
    username: Username,
    email: Type.Optional(Type.Union([Email, Type.Literal("")], { errorCode: "email_invalid" })),
    password: Password,
    setup_token: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "The one-time token printed at the first start: makes the first admin",
      }),
    ),
    invite: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "New. Token of an invite, where registration is by invitation",
      }),
    ),
    ...device,
    ...channelBinding,
  },
  result: signedIn,
  errors: [
    "username_invalid",
    "username_taken",
    "email_invalid",
    "email_taken",
    "password_too_weak",
    "registration_closed",
    "invite_required",
    "invite_invalid",
    "setup_token_invalid",
    "channel_mismatch",
    "busy",
    "storage_full",
  ],
  http: { method: "POST", path: "/auth/register", status: 201 },
});

export const login = command("login", {
  about: "Signs in by user name or e-mail address and password.",
  access: "anonymous",
  rate: "login",
  params: {
    identifier: Type.String({
      minLength: 1,
      maxLength: limits.emailChars,
      description: "User name or e-mail address",
      errorCode: "invalid_credentials",
    }),
    password: Password,
    ...device,
    ...channelBinding,
  },
  result: signedIn,
  errors: [
    "invalid_credentials",
    "channel_mismatch",
    "account_locked",
    "account_banned",
    "busy",
    "storage_full",
  ],
  http: { method: "POST", path: "/auth/login" },
});

export const refresh = command("refresh", {
  about:
    "A new access token: with a refresh token (which is used up and replaced), or as in 1.x with the current access token while its session lives.",
  access: "anyone",
  rate: "refresh",
  params: { refresh_token: Type.Optional(RefreshToken), ...channelBinding },
  result: {
    token: Type.String(),
    expires_at: Timestamp,
    refresh_token: Type.Optional(RefreshToken),
  },
  errors: [
    "unauthorized",
    "invalid_token",
    "session_expired",
    "channel_mismatch",
    "account_banned",
    "storage_full",
  ],
  http: { method: "POST", path: "/auth/refresh" },
});

export const authenticate = command("authenticate", {
  about:
    "Signs this connection in with an access token. On a channel sealed by Noise with the feature client_ids it must name the channel_binding.",
  access: "anonymous",
  rate: "api",
  params: {
    token: Type.String({ minLength: 1, maxLength: 4096, errorCode: "invalid_token" }),
    ...channelBinding,
  },
  result: { user: User, session: SessionInfo },
  errors: [
    "invalid_token",
    "token_expired",
    "session_not_found",
    "session_expired",
    "channel_mismatch",
    "account_banned",
  ],
});

export const logout = command("logout", {
  about:
    "Ends the session everywhere: its tokens stop working and its connections are closed after the reply.",
  access: "session",
  rate: "api",
  params: {},
  result: {},
  errors: ["storage_full"],
  http: { method: "POST", path: "/auth/logout", ...plainSuccess },
});

export const changePassword = command("change_password", {
  about: "Sets another password and ends all your other sessions.",
  access: "session",
  rate: "login",
  params: { current_password: Password, new_password: Password },
  result: {},
  errors: ["incorrect_password", "account_locked", "password_too_weak", "busy", "storage_full"],
  http: { method: "POST", path: "/auth/change-password", ...plainSuccess },
});

export const sessionExpiring = event("session_expiring", {
  about: "This connection's session ends soon: refresh it, or sign in again.",
  logged: false,
  payload: { session_id: SessionIdSchema, expires_at: Timestamp },
});
