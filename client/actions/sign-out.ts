import { ConnectionError } from "../connection/connection-error.ts";
import { isSessionOver, isTokenStale } from "../connection/credentials.ts";
import { withNotice } from "../store/notices.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import type { LiveSession } from "./live-session.ts";
import { isOutside } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "clock" | "sessions" | "accountApi">;

/** Ends the session on the server, as far as that can be reached, and forgets it here in any case. */
export function signOutAction(parts: Parts): Pick<Actions, "signOut"> {
  return {
    async signOut() {
      const { store, clock, sessions } = parts;
      const session = sessions.current;
      if (session === undefined) return;
      const trouble = await logOut(parts, session);
      await sessions.end();
      const problem = (await forget(session)) ?? trouble;
      if (problem === undefined) return;
      store.update((state) =>
        withNotice(state, { severity: "warning", text: problem, at: clock.now() }),
      );
    },
  };
}

/** What went wrong, if something did. */
async function logOut(parts: Parts, session: LiveSession): Promise<string | undefined> {
  try {
    await tellServer(parts, session);
    return undefined;
  } catch (error) {
    if (!isOutside(error)) throw error;
    // Then there is nothing left to end.
    if (isSessionOver(error)) return undefined;
    return `You are signed out here, but the server could not be told: ${error.message}`;
  }
}

async function tellServer({ accountApi }: Parts, { online, tokens }: LiveSession): Promise<void> {
  if (online.link !== undefined) {
    try {
      await online.call("logout", {});
      return;
    } catch (error) {
      // The link may break or be out of date just now; the other way to the server is still there.
      if (!(error instanceof ConnectionError || isTokenStale(error))) throw error;
    }
  }
  const token = await tokens.current();
  try {
    await accountApi.call("logout", {}, token);
  } catch (error) {
    // An access token lives for minutes. Without another one the session would live on for days.
    if (!isTokenStale(error)) throw error;
    await accountApi.call("logout", {}, await tokens.renew(token));
  }
}

async function forget({ account }: LiveSession): Promise<string | undefined> {
  try {
    await account.forget();
    return undefined;
  } catch (error) {
    if (!isOutside(error)) throw error;
    return error.message;
  }
}
