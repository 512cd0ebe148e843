import { hostname } from "node:os";
import { limits } from "@lair-chat/protocol/limits.ts";
import { v7 } from "uuid";
import type { Actions } from "./actions/actions.ts";
import { createActions } from "./actions/create-actions.ts";
import type { Connector } from "./actions/live-session.ts";
import { Sessions } from "./actions/sessions.ts";
import { takenText } from "./actions/sign-in.ts";
import type { Unkept } from "./actions/unkept.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ClientConfig } from "./config.ts";
import { type AccountApi, createAccountApi } from "./connection/account-api.ts";
import { addressLabel, securityOf } from "./connection/address.ts";
import { keepConnected } from "./connection/keep-connected.ts";
import { type LiveLink, openLink } from "./connection/link.ts";
import { openSignedIn } from "./connection/open-signed-in.ts";
import { openTransport } from "./connection/open-transport.ts";
import type { TcpOptions } from "./connection/tcp-transport.ts";
import type { Transport } from "./connection/transport.ts";
import { openAccounts } from "./files/accounts.ts";
import { openKnownServers } from "./files/known-servers.ts";
import { createStore, type Store } from "./store/create-store.ts";
import { withNotice } from "./store/notices.ts";
import { type ConversationKey, initialState, type State } from "./store/state.ts";
import { createTrust } from "./trust.ts";

export interface App extends AsyncDisposable {
  readonly store: Store<State>;
  readonly actions: Actions;
  /** Goes on with the session used last, if there is one that no other window has. @throws AccountFileError */
  start(): Promise<"session" | "nobody">;
  /** What was on screen when the account in use was used last. */
  lastOpen(): ConversationKey | undefined;
  /** What was written and could neither be sent nor kept, once everything has ended. */
  lost(): readonly Unkept[];
}

/** What comes from outside; tests bring their own. */
export interface AppDeps {
  readonly clock: Clock;
  /** From 0 to 1. */
  random(): number;
  /** A UUIDv7. */
  newId(): string;
}

export const systemDeps: AppDeps = { clock: systemClock, random: Math.random, newId: () => v7() };

// A server that is there says hello at once.
const PROBE_AFTER_MS = 2_000;

/** Puts the client together, all but the screen. Nothing runs before `start` or an action. */
export function createApp(config: ClientConfig, deps: AppDeps = systemDeps): App {
  const { endpoint, accountDir, user } = config;
  const { clock, newId } = deps;
  const server = addressLabel(endpoint.address);
  const store = createStore(initialState);
  const knownServers = openKnownServers({ folder: accountDir, now: clock.now });
  const trust = createTrust({ config, server, knownServers, warn });
  const open = (options: TcpOptions) =>
    openTransport({ endpoint, trust, ca: config.trust.ca }, options);
  const accountApi = createAccountApi(() => openAccountLink({ config, deps, open }));
  const accounts = openAccounts({ folder: accountDir, server, now: clock.now, newId });
  const sessions = new Sessions({
    store,
    clock,
    accountApi,
    connector: createConnector({ config, deps, open, accountApi }),
    about: { server, transport: securityOf(endpoint) },
  });
  const actions = createActions({
    store,
    clock,
    sessions,
    accountApi,
    accounts,
    newId,
    deviceName: hostname().slice(0, limits.deviceNameChars),
    trustServer: (fingerprint) => trust.accept(fingerprint),
  });

  function warn(text: string): void {
    store.update((state) => withNotice(state, { severity: "warning", text, at: clock.now() }));
  }

  return {
    store,
    actions,
    async start() {
      // A file that cannot be used is told of before anything is asked of the person.
      await knownServers.get(server);
      const { account, taken, notices } = await accounts.claim(user);
      for (const text of notices) warn(text);
      if (account !== undefined) {
        sessions.begin({ account, role: "user", accessToken: undefined });
        return "session";
      }
      const [inUse] = taken;
      if (inUse !== undefined) {
        const reason = takenText(inUse);
        store.update((state) => ({ ...state, link: { state: "signed_out", reason } }));
      }
      return "nobody";
    },
    lastOpen: () => sessions.current?.lastOpen,
    lost: () => sessions.lost,
    async [Symbol.asyncDispose]() {
      await sessions.end();
      accountApi[Symbol.dispose]();
    },
  };
}

interface Ways {
  readonly config: Pick<ClientConfig, "version">;
  readonly deps: AppDeps;
  open(options: TcpOptions): Promise<Transport>;
}

const nameOf = ({ version }: Ways["config"]): string => `lair-chat-client/${version}`;

/** A connection for what is asked before there is a session. */
async function openAccountLink({ config, deps, open }: Ways): Promise<LiveLink> {
  return await openLink({
    transport: await open({ probeAfterMs: PROBE_AFTER_MS }),
    clock: deps.clock,
    clientName: nameOf(config),
    // Whatever happens meanwhile is read from the logs by the session.
    onEvent: () => undefined,
  });
}

function createConnector({
  config,
  deps: { clock, random },
  open,
  accountApi,
}: Ways & { readonly accountApi: AccountApi }): Connector {
  return {
    connect: ({ tokens, onEvent, onSignedIn, onChange }) =>
      keepConnected({
        clock,
        random,
        onChange,
        open: async ({ signal, isFirst }) => {
          const probeAfterMs = isFirst ? PROBE_AFTER_MS : undefined;
          try {
            return await openSignedIn({
              clock,
              clientName: nameOf(config),
              tokens,
              signal,
              onEvent,
              onSignedIn,
              openTransport: () => open({ signal, probeAfterMs }),
            });
          } finally {
            accountApi.settled();
          }
        },
      }),
  };
}
