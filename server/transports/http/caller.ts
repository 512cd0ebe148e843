import type { Access } from "@lair-chat/protocol/define.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RateLimits } from "../../cluster/rate-limits.ts";
import type { Session } from "../../commands/handler.ts";

export interface CallerDeps {
  /** @throws ChatError `invalid_token`, `token_expired`, `session_not_found` or `session_expired` */
  readonly authenticateToken: (token: string) => Promise<Session>;
  readonly rateLimits: RateLimits;
}

/** Who a request comes from. `refused` is why its token was not taken, where it may do without. */
export interface Caller {
  readonly address: string;
  readonly session: Session | undefined;
  readonly refused: ChatError | undefined;
}

/**
 * Finds out who asks, by the Authorization header.
 * @throws ChatError where the command needs a session and the token is missing or no good
 */
export async function identifyCaller(
  deps: CallerDeps,
  access: Access,
  from: { readonly address: string; readonly authorization: string | undefined },
): Promise<Caller> {
  const { address, authorization } = from;
  const nobody = { address, session: undefined, refused: undefined };
  if (access === "anonymous") return nobody;
  const needsSession = access !== "anyone";
  if (authorization === undefined && !needsSession) return nobody;
  try {
    return { ...nobody, session: await deps.authenticateToken(bearerToken(authorization)) };
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    // Counted by the address: dispatch never sees these.
    if (needsSession) deps.rateLimits.take("api", nobody);
    if (needsSession) throw error;
    return { ...nobody, refused: error };
  }
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) throw new ChatError("unauthorized");
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new ChatError("invalid_token");
  return token;
}
