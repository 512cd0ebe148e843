import type { SessionId } from "@lair-chat/protocol/ids.ts";
import { and, eq, isNull } from "drizzle-orm";
import { type Reader, writeOperation } from "../../storage/database.ts";
import { demandNotBanned } from "./ban-store.ts";
import { sessionTimes } from "./session-rules.ts";
import { endSession, insertRefreshToken, type SessionRow } from "./session-store.ts";

/** Whose token it is; undefined for one that was never handed out, which need not trouble the writer. */
export async function sessionOfRefreshToken(
  { read, tables }: Reader,
  hash: string,
): Promise<SessionId | undefined> {
  const { refreshTokens } = tables;
  const [row] = await read
    .select({ sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hash))
    .limit(1);
  return row?.sessionId;
}

/** What became of a refresh token that was shown. Not errors: a reuse has to be committed. */
export type Rotation =
  | { readonly outcome: "rotated"; readonly session: SessionRow }
  | { readonly outcome: "reused"; readonly session: SessionRow }
  | { readonly outcome: "expired" }
  | { readonly outcome: "unknown" };

/**
 * Uses a refresh token up and stores its successor; one that was used before ends its session.
 * @throws ChatError `account_banned`
 */
export const rotateRefreshTokenOperation = writeOperation(
  "rotate_refresh_token",
  async (
    transaction,
    args: { readonly hash: string; readonly successorHash: string },
  ): Promise<Rotation> => {
    const { db, tables, now } = transaction;
    const { refreshTokens, sessions } = tables;
    const [found] = await db
      .select({ token: refreshTokens, session: sessions })
      .from(refreshTokens)
      .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
      .where(eq(refreshTokens.hash, args.hash));
    if (found === undefined) return { outcome: "unknown" };
    const { token, session } = found;
    await demandNotBanned(transaction, session.userId, now);
    if (session.revokedAt !== null) return { outcome: "unknown" };
    if (token.usedAt !== null && now - token.usedAt > sessionTimes.reuseGrace) {
      await endSession(transaction, session.id);
      return { outcome: "reused", session };
    }
    if (Math.min(token.expiresAt, session.expiresAt) <= now) return { outcome: "expired" };
    const isFirstUse = and(eq(refreshTokens.hash, args.hash), isNull(refreshTokens.usedAt));
    await db.update(refreshTokens).set({ usedAt: now }).where(isFirstUse);
    await insertRefreshToken(transaction, args.successorHash, session);
    return { outcome: "rotated", session };
  },
);
