import type { ClientId } from "@lair-chat/protocol/ids.ts";
import type { AnyEvent, EventOf, Result } from "@lair-chat/protocol/registry.ts";
import type { Clock } from "../clock.ts";
import type { AccessTokens } from "../connection/access-tokens.ts";
import type { Connectivity, KeepConnected } from "../connection/keep-connected.ts";
import type { LiveLink } from "../connection/link.ts";
import type { Account } from "../files/accounts.ts";
import type { Store } from "../store/create-store.ts";
import { withoutMemberLists } from "../store/membership.ts";
import { withNotice } from "../store/notices.ts";
import { allOffline } from "../store/people.ts";
import type { Conversation, ConversationKey, Me, State } from "../store/state.ts";
import { withLocal } from "../store/with-local.ts";
import { CatchUp } from "./catch-up.ts";
import { KeptSaved } from "./keep-saved.ts";
import { loadInvitations } from "./load-invitations.ts";
import { LogLoader } from "./load-log.ts";
import { offerAgain } from "./offer-again.ts";
import { LinkSlot } from "./online.ts";
import { Outbox } from "./outbox.ts";
import { outcomeOf } from "./outcome.ts";
import { outlives } from "./outlives.ts";
import { Receiver } from "./receive-event.ts";
import { Resumer } from "./resume.ts";
import { ReadTeller } from "./tell-read.ts";

/** How a session hears of the server; the composition makes it from the connection's parts. */
export interface Connector {
  connect(session: ConnectorUse): KeepConnected;
}

export interface ConnectorUse {
  readonly tokens: AccessTokens;
  onEvent(event: AnyEvent): void;
  onSignedIn(who: Result<"authenticate">): void;
  onChange(now: Connectivity): void;
}

export interface LiveSessionOptions {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly account: Account;
  readonly tokens: AccessTokens;
  readonly me: Me;
  readonly connector: Connector;
  /** The server does not know this session any more. */
  onOver(reason: string): void;
  /** The server is not known to be the right one, so nothing was asked of it. */
  onDistrust(reason: string): void;
}

/** Everything that runs while somebody is signed in. */
export class LiveSession {
  readonly account: Account;
  readonly tokens: AccessTokens;
  readonly online = new LinkSlot();
  readonly log: LogLoader;
  readonly catchUp: CatchUp;
  readonly outbox: Outbox;
  readonly saved: KeptSaved;
  /** What was on screen when this account was used last. */
  readonly lastOpen: ConversationKey | undefined;
  readonly #options: LiveSessionOptions;
  readonly #receiver: Receiver;
  readonly #readTeller: ReadTeller;
  readonly #keeper: KeepConnected;

  constructor(options: LiveSessionOptions) {
    const { store, clock, account, tokens, me, connector } = options;
    this.#options = options;
    this.account = account;
    this.tokens = tokens;
    const { local } = account;
    const { conversations, log, people, open, notices, ...remembered } = local.load();
    store.update((state) => withLocal({ ...state, me }, { conversations, log, people }));
    this.lastOpen = open;
    for (const text of notices) {
      store.update((state) => withNotice(state, { severity: "error", text, at: clock.now() }));
    }
    const { online } = this;
    this.saved = new KeptSaved({ store, clock, local });
    const { saved } = this;
    this.log = new LogLoader({ store, clock, online, saved });
    const { log: loader } = this;
    this.catchUp = new CatchUp({
      store,
      clock,
      online,
      log: loader,
      resumer: new Resumer({ store, clock, online, log: loader }),
      onLogCut: () => this.#loadInvitations(),
      onFilled: () => offerAgain({ store, clock, log: loader, local, saved }),
      remembered: () => remembered,
      onDone: () => this.#caughtUp(),
    });
    this.outbox = new Outbox({ store, clock, online });
    this.outbox.release(unsentIds(conversations));
    this.#readTeller = new ReadTeller({ store, clock, online });
    this.#receiver = new Receiver({ store, clock, log: this.log, catchUp: this.catchUp });
    this.#keeper = connector.connect({
      tokens,
      onEvent: (event) => this.#heard(event),
      onSignedIn: (who) => this.#signedIn(who),
      onChange: (now) => this.#changed(now),
    });
  }

  reconnectNow(): void {
    this.#keeper.reconnectNow();
  }

  /** Ends the connection and everything that waits; what must be kept is on disk afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.online.link = undefined;
    this.catchUp.pause();
    this.outbox[Symbol.dispose]();
    this.log[Symbol.dispose]();
    this.#receiver[Symbol.dispose]();
    this.#readTeller[Symbol.dispose]();
    await this.#keeper[Symbol.asyncDispose]();
    this.saved[Symbol.dispose]();
    await this.account.release();
  }

  #heard(event: AnyEvent): void {
    if (event.type === "session_expiring") void this.#expiring(event);
    else this.#receiver.receive(event);
  }

  /** A connection that stays up never needs another token, so nothing else would lengthen the session. */
  async #expiring(event: EventOf<"session_expiring">): Promise<void> {
    const { tokens } = this;
    const { known } = tokens;
    const renewed = await outcomeOf(() =>
      known === undefined ? tokens.current() : tokens.renew(known),
    );
    if (renewed.ok && outlives(renewed.value, Date.parse(event.expires_at))) return;
    this.#receiver.receive(event);
  }

  #signedIn({ user }: Result<"authenticate">): void {
    const { id, username, role } = user;
    this.#options.store.update((state) =>
      state.me === undefined ? state : { ...state, me: { ...state.me, id, username, role } },
    );
  }

  #changed(now: Connectivity): void {
    if (now.state === "session_over") this.#options.onOver(now.reason);
    else if (now.state === "distrusted") this.#options.onDistrust(now.reason);
    else if (now.state === "connected") this.#connected(now.link);
    else this.#disconnected(now);
  }

  #connected(link: LiveLink): void {
    const { store, clock } = this.#options;
    this.online.link = link;
    store.update((state) => ({
      ...withoutMemberLists(state),
      link: { state: "catching_up", since: clock.now() },
    }));
    this.outbox.pump();
    this.#readTeller.resume();
    void this.catchUp.run();
    this.#loadInvitations();
  }

  #loadInvitations(): void {
    const { store } = this.#options;
    void outcomeOf(() => loadInvitations({ store, online: this.online }));
  }

  #caughtUp(): void {
    const { store, clock } = this.#options;
    const { open } = store.get();
    // Of what was kept from the time before.
    if (open !== undefined) this.log.nameDeleters(open, 0);
    store.update((state) => {
      if (state.link.state !== "catching_up") return state;
      return { ...state, link: { state: "online", since: clock.now() } };
    });
  }

  #disconnected(now: Extract<Connectivity, { state: "connecting" | "offline" }>): void {
    const { store, clock } = this.#options;
    this.online.link = undefined;
    this.catchUp.pause();
    store.update((state) => ({
      ...allOffline(state),
      link:
        now.state === "connecting"
          ? { state: "connecting", since: clock.now() }
          : { state: "offline", reason: now.reason, retryAt: clock.now() + now.retryInMs },
    }));
  }
}

/** Those of an earlier run are on disk already. */
function unsentIds(conversations: readonly Conversation[]): readonly ClientId[] {
  return conversations.flatMap(({ outgoing }) => outgoing.map(({ clientId }) => clientId));
}
