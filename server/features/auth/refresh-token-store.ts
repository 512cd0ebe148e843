import { and, eq, isNull } from "drizzle-orm";
import { type Reader, writeOperation } from "../../storage/database.ts";
import { demandNotBanned } from "./ban-store.ts";
import { sessionTimes } from "./session-rules.ts";
import { endSession, insertRefreshToken, type SessionRow } from "./session-store.ts";

/** False for a token that was never handed out: it need not trouble the writer. */
export async function isKnownRefreshToken({ read, tables }: Reader, hash: string) {
  const { refreshTokens } = tables;
  const rows = await read
    .select({ hash: refreshTokens.hash })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hash))
    .limit(1);
  return rows.length > 0;
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
