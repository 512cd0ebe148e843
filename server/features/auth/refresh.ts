import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { SessionId } from "@lair-chat/protocol/ids.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import { TokenBuckets } from "../../cluster/token-buckets.ts";
import type { Call, Handler, Session } from "../../commands/handler.ts";
import { hashOpaqueToken, newOpaqueToken } from "../../security/opaque-token.ts";
import type { AuthDeps } from "./auth-deps.ts";
import {
  type Rotation,
  rotateRefreshTokenOperation,
  sessionOfRefreshToken,
} from "./refresh-token-store.ts";
import { extendSessionOperation } from "./session-store.ts";
import { signAccess } from "./sign-in.ts";

type Deps = Pick<AuthDeps, "db" | "clock" | "tokens" | "bus" | "refreshes">;

/** A token lives ten minutes: a session that asks more often than this goes round in circles. */
const perSession = { perSecond: 10 / 60, burst: 10 };
const rememberedSessions = 100_000;

/** Notes that a session asks once more. @throws ChatError `rate_limited` */
type Pace = (sessionId: SessionId) => void;

export function createRefresh(deps: Deps): Handler<"refresh"> {
  const pace = createPace(deps);
  return (call: Call, { refresh_token: token }) => {
    if (token !== undefined) return rotate(deps, pace, token);
    if (call.session === undefined) throw new ChatError("unauthorized");
    pace(call.session.id);
    return extend(deps, call.session);
  };
}

/** How often sessions have asked. */
export function createRefreshBuckets(): TokenBuckets {
  return new TokenBuckets(perSession, rememberedSessions);
}

function createPace({ clock, refreshes: buckets }: Pick<Deps, "clock" | "refreshes">): Pace {
  return (sessionId) => {
    const waitMs = buckets.take(sessionId, clock.now());
    if (waitMs === 0) return;
    throw new ChatError("rate_limited", { retryAfter: Math.ceil(waitMs / 1000) });
  };
}

async function rotate(deps: Deps, pace: Pace, token: string): Promise<Result<"refresh">> {
  const hash = hashOpaqueToken(token);
  const sessionId = await sessionOfRefreshToken(deps.db, hash);
  if (sessionId === undefined) throw new ChatError("invalid_token");
  pace(sessionId);
  const successor = newOpaqueToken();
  const successorHash = hashOpaqueToken(successor);
  const session = rotated(
    deps,
    await deps.db.write(rotateRefreshTokenOperation, { hash, successorHash }),
  );
  const access = await signAccess(deps, session, true);
  return { token: access.token, expires_at: access.expiresAt, refresh_token: successor };
}

function rotated(
  { bus }: Pick<Deps, "bus">,
  rotation: Rotation,
): Pick<Session, "id" | "userId" | "expiresAt"> {
  if (rotation.outcome === "unknown") throw new ChatError("invalid_token");
  if (rotation.outcome === "expired") throw new ChatError("session_expired");
  const { id, userId, expiresAt } = rotation.session;
  if (rotation.outcome === "rotated") {
    return { id, userId, expiresAt };
  }
  // Somebody has a copy. Which of the two is the thief cannot be told, so neither goes on.
  bus.endSession(id);
  bus.userLogGrew(userId);
  throw new ChatError("invalid_token", {
    message: "This refresh token was used before, so its session was ended. Sign in again.",
  });
}

/** As in 1.x: the access token itself is renewed while its session lives. */
async function extend(deps: Deps, session: Session): Promise<Result<"refresh">> {
  const expiresAt = await deps.db.write(extendSessionOperation, { sessionId: session.id });
  const access = await signAccess(deps, { ...session, expiresAt }, false);
  return { token: access.token, expires_at: access.expiresAt };
}
