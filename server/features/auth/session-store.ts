import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { DeviceId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import {
  and,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  ne,
  notExists,
  or,
  sql,
} from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";
import type { Tables } from "../../storage/schema/tables.ts";
import { appendToUserLog } from "../user-log/user-log-store.ts";
import { userById } from "../users/user-store.ts";
import { demandNotBanned } from "./ban-store.ts";
import { insertDevice, markSeen } from "./device-store.ts";
import { forgetOldInvites } from "./registration-invite-store.ts";
import { extendedUntil, sessionState, sessionsPerUser, sessionTimes } from "./session-rules.ts";

export type SessionRow = Tables["sessions"]["$inferSelect"];

const sessionQuery = preparedRead(({ read, tables: { sessions, users } }) =>
  read
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder("id")))
    .limit(1)
    .prepare("session_by_id"),
);

/** A session and whose it is. */
export async function sessionById(reader: Reader, id: SessionId) {
  const [found] = await sessionQuery(reader).execute({ id });
  return found;
}

export interface NewSession {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly deviceName: string;
  /** Of its refresh token; null for a session that has none. */
  readonly refreshHash: string | null;
}

export interface StartedSession {
  readonly expiresAt: number;
  /** Sessions that had to end because the user has too many. */
  readonly ended: readonly SessionId[];
}

/** Part of the transaction that signs somebody in. */
export async function insertSession(
  transaction: WriteTransaction,
  session: NewSession,
): Promise<StartedSession> {
  const { db, tables, now } = transaction;
  const { id, userId, deviceId, refreshHash } = session;
  await forgetRevokedSessions(transaction, userId);
  await insertDevice(transaction, session);
  const lifetime = refreshHash === null ? sessionTimes.plain : sessionTimes.absolute;
  const expiresAt = now + lifetime;
  await db
    .insert(tables.sessions)
    .values({ id, userId, deviceId, createdAt: now, expiresAt, revokedAt: null });
  if (refreshHash !== null) await insertRefreshToken(transaction, refreshHash, { id, expiresAt });
  await markSeen(transaction, session);
  await appendToUserLog(transaction, userId, startedEvent(session, now));
  return { expiresAt, ended: await endSurplus(transaction, userId, id) };
}

/**
 * Signs in somebody whose password was found to fit `passwordHash`.
 * @throws ChatError `account_banned`, or `busy` when the password was changed meanwhile
 */
export const startSessionOperation = writeOperation(
  "start_session",
  async (tx, args: { readonly session: NewSession; readonly passwordHash: string }) => {
    const user = await userById(tx, args.session.userId);
    if (user?.passwordHash !== args.passwordHash) throw new ChatError("busy", { retryAfter: 1 });
    await demandNotBanned(tx, user.id, tx.now);
    return insertSession(tx, args.session);
  },
  // Nobody's place in a room, and no log of a conversation, hangs on who is signed in.
  { keepsMemory: true },
);

/** Those that are over by the clock are left to the purge, which knows whether it is to be trusted. */
async function forgetRevokedSessions({ db, tables }: WriteTransaction, userId: UserId) {
  const { sessions } = tables;
  const isRevoked = isNotNull(sessions.revokedAt);
  await db.delete(sessions).where(and(eq(sessions.userId, userId), isRevoked));
}

/** Part of the transaction that starts a session or goes on with one. */
export async function insertRefreshToken(
  { db, tables, now }: WriteTransaction,
  hash: string,
  session: { readonly id: SessionId; readonly expiresAt: number },
): Promise<void> {
  await db.insert(tables.refreshTokens).values({
    hash,
    sessionId: session.id,
    createdAt: now,
    expiresAt: Math.min(now + sessionTimes.refreshIdle, session.expiresAt),
    usedAt: null,
  });
}

async function endSurplus(
  tx: WriteTransaction,
  userId: UserId,
  newest: SessionId,
): Promise<SessionId[]> {
  const { db, tables, now } = tx;
  const { sessions } = tables;
  const others = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)))
    // What is over by the clock counts, and goes first.
    .orderBy(desc(gt(sessions.expiresAt, now)), desc(sessions.createdAt), desc(sessions.id));
  const surplus = others.filter(({ id }) => id !== newest).slice(sessionsPerUser - 1);
  if (surplus.length === 0) return [];
  const ids = surplus.map(({ id }) => id);
  await db.update(sessions).set({ revokedAt: now }).where(inArray(sessions.id, ids));
  await tellEnded(tx, userId, ids);
  return ids;
}

export const revokeSessionOperation = writeOperation(
  "revoke_session",
  async (transaction, args: { readonly sessionId: SessionId }) => {
    await endSession(transaction, args.sessionId);
  },
);

/** Ends all sessions of a user but one, if one is named; resolves with those that ended. */
export async function endSessionsOf(
  tx: WriteTransaction,
  userId: UserId,
  kept?: SessionId,
): Promise<readonly SessionId[]> {
  const { db, tables, now } = tx;
  const { sessions } = tables;
  const isLive = and(eq(sessions.userId, userId), isNull(sessions.revokedAt));
  const ended = await db
    .update(sessions)
    .set({ revokedAt: now })
    .where(kept === undefined ? isLive : and(isLive, ne(sessions.id, kept)))
    .returning({ id: sessions.id });
  const ids = ended.map(({ id }) => id);
  await tellEnded(tx, userId, ids);
  return ids;
}

/** Ends a session; its tokens stop working with it. */
export async function endSession(tx: WriteTransaction, id: SessionId): Promise<void> {
  const { db, tables, now } = tx;
  const { sessions } = tables;
  const isLive = and(eq(sessions.id, id), isNull(sessions.revokedAt));
  const [ended] = await db
    .update(sessions)
    .set({ revokedAt: now })
    .where(isLive)
    .returning({ userId: sessions.userId });
  if (ended !== undefined) await tellEnded(tx, ended.userId, [id]);
}

async function tellEnded(tx: WriteTransaction, userId: UserId, ids: SessionId[]): Promise<void> {
  if (ids.length === 0) return;
  await appendToUserLog(tx, userId, { type: "sessions_ended", session_ids: ids });
}

function startedEvent(
  { id, deviceId, deviceName }: NewSession,
  now: number,
): EventOf<"session_started"> {
  return {
    type: "session_started",
    session_id: id,
    device_id: deviceId,
    device_name: deviceName,
    created_at: new Date(now).toISOString(),
  };
}

/**
 * Lets a session without refresh token live on; resolves with its new end.
 * @throws ChatError `session_not_found`, `session_expired`, or `invalid_token` where there is a refresh token
 */
export const extendSessionOperation = writeOperation(
  "extend_session",
  async ({ db, tables, now }, args: { readonly sessionId: SessionId }) => {
    const { sessions, refreshTokens } = tables;
    const [session] = await db.select().from(sessions).where(eq(sessions.id, args.sessionId));
    const state = session === undefined ? "revoked" : sessionState(session, now);
    if (session === undefined || state === "revoked") throw new ChatError("session_not_found");
    if (state === "expired") throw new ChatError("session_expired");
    const [refreshToken] = await db
      .select({ hash: refreshTokens.hash })
      .from(refreshTokens)
      .where(eq(refreshTokens.sessionId, session.id))
      .limit(1);
    if (refreshToken !== undefined) {
      throw new ChatError("invalid_token", {
        message: "This session is continued with its refresh token.",
      });
    }
    const expiresAt = extendedUntil(session, now);
    await db.update(sessions).set({ expiresAt }).where(eq(sessions.id, session.id));
    return expiresAt;
  },
);

/** Removes what can never be used again. */
export const purgeSessionsOperation = writeOperation(
  "purge_sessions",
  async (transaction, _args: Record<string, never>) => {
    const { db, tables, now } = transaction;
    const { sessions, refreshTokens, devices } = tables;
    await forgetOldInvites(transaction);
    await db
      .delete(sessions)
      .where(or(lte(sessions.expiresAt, now), isNotNull(sessions.revokedAt)));
    await db.delete(refreshTokens).where(lte(refreshTokens.expiresAt, now));
    const itsSessions = db
      .select({ id: sessions.id })
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, devices.userId),
          eq(sessions.deviceId, devices.id),
          gt(sessions.expiresAt, now),
        ),
      );
    const isOld = lte(devices.lastSeenAt, now - sessionTimes.deviceForgotten);
    await db.delete(devices).where(and(isOld, notExists(itsSessions)));
  },
);
