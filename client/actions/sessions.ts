import type { Clock } from "../clock.ts";
import { type AccessTokens, createAccessTokens } from "../connection/access-tokens.ts";
import type { AccountApi } from "../connection/account-api.ts";
import type { Account } from "../files/accounts.ts";
import type { Store } from "../store/create-store.ts";
import { withNotice } from "../store/notices.ts";
import { initialState, type Me, type State } from "../store/state.ts";
import { type Connector, LiveSession } from "./live-session.ts";
import { isOutside } from "./outcome.ts";
import type { Unkept } from "./unkept.ts";

export interface SessionsDeps {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly accountApi: Pick<AccountApi, "call">;
  readonly connector: Connector;
  /** What is shown of the server beside the user's name. */
  readonly about: Pick<Me, "server" | "transport">;
}

export interface SessionStart {
  readonly account: Account;
  readonly role: Me["role"];
  /** Known right after a sign-in; else the refresh token brings one. */
  readonly accessToken: string | undefined;
}

/** Who is signed in, if anybody; at most one at a time. */
export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #lost: Unkept[] = [];
  #current: LiveSession | undefined;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  get current(): LiveSession | undefined {
    return this.#current;
  }

  /** What could not be kept of what was written in sessions that have ended. */
  get lost(): readonly Unkept[] {
    return this.#lost;
  }

  begin({ account, role, accessToken }: SessionStart): void {
    const { store, clock, connector, about } = this.#deps;
    const { userId: id, username } = account.data;
    const session = new LiveSession({
      store,
      clock,
      connector,
      account,
      tokens: this.#tokens(account, accessToken),
      me: { id, username, role, ...about },
      onOver: (reason) => void this.#over(session, reason),
      onDistrust: (reason) => void this.#leave(session, reason),
    });
    this.#current = session;
  }

  /** Ends what there is; afterwards the store knows nobody. */
  async end(reason?: string): Promise<void> {
    const session = this.#current;
    this.#current = undefined;
    await session?.[Symbol.asyncDispose]();
    this.#lost.push(...(session?.saved.lost ?? []));
    this.#deps.store.update(({ notices }) => ({
      ...initialState,
      notices,
      link: { state: "signed_out", ...(reason === undefined ? {} : { reason }) },
    }));
  }

  /** The refresh token is of no use any more, but what was written and read stays for the next sign-in. */
  async #over(session: LiveSession, reason: string): Promise<void> {
    if (this.#current !== session) return;
    await this.#keep(session.account, undefined);
    await this.#leave(session, reason);
  }

  /** Back to the sign-in with the reason. */
  async #leave(session: LiveSession, reason: string): Promise<void> {
    if (this.#current !== session) return;
    const unsent = unsentCount(this.#deps.store.get());
    await this.end(reason);
    if (unsent === 0) return;
    const text = `${unsent} unsent messages are kept and go out when you sign in again.`;
    this.#tell(text);
  }

  #tell(text: string): void {
    const { store, clock } = this.#deps;
    store.update((state) => withNotice(state, { severity: "warning", text, at: clock.now() }));
  }

  #tokens(account: Account, accessToken: string | undefined): AccessTokens {
    return createAccessTokens({
      accessToken,
      refreshToken: account.data.refreshToken,
      refresh: (refresh_token) => this.#deps.accountApi.call("refresh", { refresh_token }),
      keep: (refreshToken) => this.#keep(account, refreshToken),
    });
  }

  /** Where that is not possible the session goes on, but only as long as this window is open. */
  async #keep(account: Account, refreshToken: string | undefined): Promise<void> {
    try {
      await account.save((data) => ({ ...data, refreshToken }));
    } catch (error) {
      if (!isOutside(error)) throw error;
      this.#tell(`${error.message} Next time you will have to sign in again.`);
    }
  }
}

function unsentCount({ conversations }: State): number {
  let count = 0;
  for (const { outgoing } of conversations.values()) {
    count += outgoing.filter(({ status }) => status.state !== "sent").length;
  }
  return count;
}
