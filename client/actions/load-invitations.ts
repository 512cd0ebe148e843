import { limits } from "@lair-chat/protocol/limits.ts";
import type { Store } from "../store/create-store.ts";
import { toInvitation, withInvitations } from "../store/invitations.ts";
import type { State } from "../store/state.ts";
import type { Online } from "./online.ts";

/** Asks which invitations wait; more than one page of them nobody answers. @throws ChatError, ConnectionError */
export async function loadInvitations(deps: {
  readonly store: Store<State>;
  readonly online: Online;
}): Promise<void> {
  const found = await deps.online.call("list_invitations", { limit: limits.pageSizeMax });
  deps.store.update((state) => withInvitations(state, found.invitations.map(toInvitation)));
}
