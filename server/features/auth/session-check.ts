import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Session } from "../../commands/handler.ts";
import type { UserRow } from "../users/user-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { demandNotBanned } from "./ban-store.ts";
import { sessionState, toSession } from "./session-rules.ts";
import { sessionById } from "./session-store.ts";

type Deps = Pick<AuthDeps, "db" | "clock" | "tokens">;

/** Asks the database, every time, whether somebody is still signed in and as what. */
export interface SessionCheck {
  /** @throws ChatError `invalid_token`, `token_expired`, `session_not_found`, `session_expired` or `account_banned` */
  authenticateToken(token: string): Promise<Session>;
  /**
   * When a session ends, in milliseconds since the epoch; undefined once it is over. As it was signed
   * in with, that is: with another role it has to be signed in with again.
   */
  recheckSession(session: Pick<Session, "id" | "role">): Promise<number | undefined>;
}

export function createSessionCheck(deps: Deps): SessionCheck {
  return {
    authenticateToken: async (token) => (await identify(deps, token)).session,
    recheckSession: async ({ id, role }) => {
      const found = await sessionById(deps.db, id);
      if (found?.user.role !== role) return undefined;
      const isLive = sessionState(found.session, deps.clock.now()) === "live";
      return isLive ? found.session.expiresAt : undefined;
    },
  };
}

/** The session and the user that an access token speaks for. @throws ChatError as `authenticateToken` */
export async function identify(
  { db, clock, tokens }: Deps,
  token: string,
): Promise<{ readonly session: Session; readonly user: UserRow }> {
  const claims = await tokens.verify(token);
  const found = await sessionById(db, claims.sessionId);
  const state = found && sessionState(found.session, clock.now());
  if (found === undefined || found.user.id !== claims.userId || state === "revoked") {
    // A ban ends all sessions: only where there is none can it be the reason.
    await demandNotBanned(db, claims.userId, clock.now());
    throw new ChatError("session_not_found");
  }
  if (state === "expired") throw new ChatError("session_expired");
  return { session: toSession(found.session, found.user), user: found.user };
}
