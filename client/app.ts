import { hostname } from "node:os";
import { limits } from "@lair-chat/protocol/limits.ts";
import { v7 } from "uuid";
import type { Actions } from "./actions/actions.ts";
import { createActions } from "./actions/create-actions.ts";
import type { Connector } from "./actions/live-session.ts";
import { Sessions } from "./actions/sessions.ts";
import { takenText } from "./actions/sign-in.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ClientConfig } from "./config.ts";
import { addressLabel } from "./connection/address.ts";
import { createHttpApi } from "./connection/http-api.ts";
import { keepConnected } from "./connection/keep-connected.ts";
import { openSignedIn } from "./connection/open-signed-in.ts";
import { openTcp } from "./connection/tcp-transport.ts";
import { openAccounts } from "./files/accounts.ts";
import { createStore, type Store } from "./store/create-store.ts";
import { withNotice } from "./store/notices.ts";
import { initialState, type State } from "./store/state.ts";

export interface App extends AsyncDisposable {
  readonly store: Store<State>;
  readonly actions: Actions;
  /** Goes on with the session used last, if there is one that no other window has. @throws AccountFileError */
  start(): Promise<"session" | "nobody">;
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
  const http = createHttpApi(endpoint);
  const accounts = openAccounts({ folder: accountDir, server, now: clock.now, newId });
  const transport = endpoint.tls === undefined ? "plaintext" : "tls";
  const sessions = new Sessions({
    store,
    clock,
    http,
    connector: createConnector(config, deps),
    about: { server, transport },
  });
  const deviceName = hostname().slice(0, limits.deviceNameChars);
  const actions = createActions({ store, clock, sessions, http, accounts, newId, deviceName });

  return {
    store,
    actions,
    async start() {
      const { account, taken, notices } = await accounts.claim(user);
      for (const text of notices) {
        store.update((state) => withNotice(state, { severity: "warning", text, at: clock.now() }));
      }
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
    [Symbol.asyncDispose]: () => sessions.end(),
  };
}

function createConnector({ endpoint, version }: ClientConfig, deps: AppDeps): Connector {
  const { clock, random } = deps;
  return {
    connect: ({ tokens, onEvent, onSignedIn, onChange }) =>
      keepConnected({
        clock,
        random,
        onChange,
        open: ({ signal, isFirst }) =>
          openSignedIn({
            clock,
            clientName: `lair-chat-client/${version}`,
            tokens,
            signal,
            onEvent,
            onSignedIn,
            openTransport: () =>
              openTcp(endpoint, { signal, probeAfterMs: isFirst ? PROBE_AFTER_MS : undefined }),
          }),
      }),
  };
}
