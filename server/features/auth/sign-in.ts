import type { DeviceId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Call, Session } from "../../commands/handler.ts";
import { hashOpaqueToken, newOpaqueToken } from "../../security/opaque-token.ts";
import { toWireUser, type UserFacts } from "../users/user-rules.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { accessUntil, toSession, toWireSession } from "./session-rules.ts";
import type { NewSession, StartedSession } from "./session-store.ts";

/** What a client says about the machine it runs on. */
export interface DeviceParams {
  readonly device_id?: DeviceId | undefined;
  readonly device_name?: string | undefined;
}

/** A session that is about to be stored, and the secret that is not. */
export interface PreparedSession {
  readonly stored: NewSession;
  readonly refreshToken: string | undefined;
}

/** With a device id the session gets a refresh token; without one it is as in Lair Chat 1.x. */
export function prepareSession(
  newId: () => string,
  userId: UserId,
  device: DeviceParams,
): PreparedSession {
  const refreshToken = device.device_id === undefined ? undefined : newOpaqueToken();
  const stored = {
    id: newId() as SessionId,
    userId,
    // All clients that name no device are one, or each of their sign-ins would leave a device behind.
    deviceId: (device.device_id ?? userId).toLowerCase() as DeviceId,
    deviceName: device.device_name ?? "",
    refreshHash: refreshToken === undefined ? null : hashOpaqueToken(refreshToken),
  };
  return { stored, refreshToken };
}

/** Tells the connection who it belongs to now and makes the reply. */
export async function signIn(
  deps: Pick<AuthDeps, "clock" | "tokens" | "bus">,
  call: Call,
  user: UserFacts,
  opened: PreparedSession & { readonly started: StartedSession },
): Promise<Result<"login">> {
  const { stored, refreshToken, started } = opened;
  for (const ended of started.ended) deps.bus.endSession(ended);
  deps.bus.userLogGrew(user.id);
  const session = toSession({ ...stored, expiresAt: started.expiresAt }, user);
  const access = await signAccess(deps, session, refreshToken !== undefined);
  await call.signIn(session);
  return {
    user: toWireUser(user, session),
    session: toWireSession(session),
    token: access.token,
    token_expires_at: access.expiresAt,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  };
}

/** An access token of a session, and when it ends. */
export async function signAccess(
  { clock, tokens }: Pick<AuthDeps, "clock" | "tokens">,
  session: Pick<Session, "id" | "userId" | "expiresAt">,
  refreshes: boolean,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  const expiresAt = accessUntil({ expiresAt: session.expiresAt, refreshes }, clock.now());
  const token = await tokens.sign({ userId: session.userId, sessionId: session.id, expiresAt });
  return { token, expiresAt: new Date(expiresAt).toISOString() };
}
