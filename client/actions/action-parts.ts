import type { CommandName, Params, Result } from "@lair-chat/protocol/registry.ts";
import type { Clock } from "../clock.ts";
import type { AccountApi } from "../connection/account-api.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import type { Accounts } from "../files/accounts.ts";
import type { Store } from "../store/create-store.ts";
import type { State } from "../store/state.ts";
import type { Sessions } from "./sessions.ts";

/** What the actions are made of; each takes what it needs. */
export interface ActionParts {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly accountApi: AccountApi;
  readonly accounts: Accounts;
  /** Notes that the person trusts the server with this fingerprint. */
  trustServer(fingerprint: string): void;
  /** A UUIDv7. */
  newId(): string;
  /** Names this machine in the list of devices. */
  readonly deviceName: string;
}

/** Asks the server over the current session's link. @throws ChatError, ConnectionError */
export async function ask<N extends CommandName>(
  { sessions }: Pick<ActionParts, "sessions">,
  name: N,
  params: Params<N>,
): Promise<Result<N>> {
  if (sessions.current === undefined) throw new ConnectionError("not_connected", "");
  return sessions.current.online.call(name, params);
}
