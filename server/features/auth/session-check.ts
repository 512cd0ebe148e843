import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Session } from "../../commands/handler.ts";
import type { UserRow } from "../users/user-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { sessionState, toSession } from "./session-rules.ts";
import { sessionById } from "./session-store.ts";

type Deps = Pick<AuthDeps, "db" | "clock" | "tokens">;

/** Asks the database, every time, whether somebody is still signed in and as what. */
export interface SessionCheck {
  /** @throws ChatError `invalid_token`, `token_expired`, `session_not_found` or `session_expired` */
  authenticateToken(token: string): Promise<Session>;
  /** False once the session was ended or has expired. */
  recheckSession(session: Pick<Session, "id">): Promise<boolean>;
}

export function createSessionCheck(deps: Deps): SessionCheck {
  return {
    authenticateToken: async (token) => (await identify(deps, token)).session,
    recheckSession: async ({ id }) => {
      const found = await sessionById(deps.db, id);
      return found !== undefined && sessionState(found.session, deps.clock.now()) === "live";
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
  if (found === undefined || found.user.id !== claims.userId) {
    throw new ChatError("session_not_found");
  }
  const state = sessionState(found.session, clock.now());
  if (state === "revoked") throw new ChatError("session_not_found");
  if (state === "expired") throw new ChatError("session_expired");
  return { session: toSession(found.session, found.user), user: found.user };
}
