import { withNotice } from "../store/notices.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import type { LiveSession } from "./live-session.ts";
import { isOutside } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "clock" | "sessions" | "http">;

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
async function logOut({ http }: Parts, session: LiveSession): Promise<string | undefined> {
  const { online, tokens } = session;
  try {
    if (online.link !== undefined) await online.call("logout", {});
    else await http.call("logout", {}, await tokens.current());
    return undefined;
  } catch (error) {
    if (!isOutside(error)) throw error;
    return `You are signed out here, but the server could not be told: ${error.message}`;
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
