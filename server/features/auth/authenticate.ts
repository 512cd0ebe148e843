import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Handler, Session } from "../../commands/handler.ts";
import { toWireUser } from "../users/user-rules.ts";
import type { UserRow } from "../users/user-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { touchDeviceOperation } from "./device-store.ts";
import { identify } from "./session-check.ts";
import { sessionTimes, toWireSession } from "./session-rules.ts";

type Deps = Pick<AuthDeps, "db" | "clock" | "tokens">;

export function createAuthenticate(deps: Deps): Handler<"authenticate"> {
  return async (call, { token }) => {
    const { session, user } = await identify(deps, token);
    await remember(deps, session, user);
    await call.signIn(session);
    return { user: toWireUser(user, session), session: toWireSession(session) };
  };
}

/** Writes down that the user was here; not each time, because after a restart everybody comes back at once. */
async function remember(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { userId, deviceId }: Session,
  user: UserRow,
): Promise<void> {
  if (clock.now() - (user.lastSeenAt ?? 0) < sessionTimes.seenAgain) return;
  try {
    await db.write(touchDeviceOperation, { userId, deviceId });
  } catch (error) {
    // A full disk is no reason to refuse somebody who only wants to read.
    if (!(error instanceof ChatError && error.code === "storage_full")) throw error;
  }
}
