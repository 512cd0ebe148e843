import type { DeviceId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Role, SessionInfo } from "@lair-chat/protocol/messages/shapes.ts";
import type { Session } from "../../commands/handler.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long things of a session live, in milliseconds. */
export const sessionTimes = {
  /** A session in all, however often it is refreshed. */
  absolute: 30 * day,
  /** A refresh token that nobody uses. */
  refreshIdle: 7 * day,
  /** An access token beside which there is a refresh token. */
  access: 10 * minute,
  /** A session without refresh token, and its access token: what 1.x clients get. */
  plain: day,
  /** A used refresh token is taken once more: the answer to its first use may have been lost. */
  reuseGrace: 2 * minute,
  /** `last_seen_at` is not written again before that. */
  seenAgain: 15 * minute,
  /** A device that has not been seen and has no session is forgotten. */
  deviceForgotten: 90 * day,
} as const;

/** More of a user's than these end or forget the oldest. */
export const sessionsPerUser = 20;
export const devicesPerUser = 50;

/** The times of a stored session that decide whether it is one. */
export interface SessionState {
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

export function sessionState(session: SessionState, now: number): "live" | "expired" | "revoked" {
  if (session.revokedAt !== null) return "revoked";
  return session.expiresAt <= now ? "expired" : "live";
}

/** When a session without refresh token ends after being extended now. */
export function extendedUntil(
  session: { readonly createdAt: number; readonly expiresAt: number },
  now: number,
): number {
  const last = session.createdAt + sessionTimes.absolute;
  return Math.max(session.expiresAt, Math.min(now + sessionTimes.plain, last));
}

/** When an access token handed out now ends: with its session at the latest. */
export function accessUntil(
  session: { readonly expiresAt: number; readonly refreshes: boolean },
  now: number,
): number {
  return session.refreshes
    ? Math.min(now + sessionTimes.access, session.expiresAt)
    : session.expiresAt;
}

export interface SessionFacts {
  readonly id: SessionId;
  readonly deviceId: DeviceId;
  readonly expiresAt: number;
}

export function toSession(
  session: SessionFacts,
  user: { readonly id: UserId; readonly username: string; readonly role: Role },
): Session {
  return {
    id: session.id,
    userId: user.id,
    username: user.username,
    role: user.role,
    deviceId: session.deviceId,
    expiresAt: session.expiresAt,
  };
}

export function toWireSession(session: Session): SessionInfo {
  return {
    id: session.id,
    expires_at: new Date(session.expiresAt).toISOString(),
    device_id: session.deviceId,
  };
}
