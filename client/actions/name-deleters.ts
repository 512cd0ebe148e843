import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Store } from "../store/create-store.ts";
import { withPeople } from "../store/people.ts";
import type { Entry, State } from "../store/state.ts";
import type { Online } from "./online.ts";
import { outcomeOf } from "./outcome.ts";

// Who erases messages keeps order in a room, so they are few; the rest stays without a name.
const AT_ONCE = 10;
const ASKED = 1_000;

/** The log says by ids who erased a message, and whose it was. Asks for the names that are not known. */
export class DeleterNames {
  readonly #deps: { readonly store: Store<State>; readonly online: Online };
  readonly #asked = new Set<UserId>();

  constructor(deps: { readonly store: Store<State>; readonly online: Online }) {
    this.#deps = deps;
  }

  /** Asks once for each of them. */
  ofEntries(entries: readonly Entry[]): void {
    const ids = entries.flatMap((entry) =>
      entry.kind === "deleted" ? [entry.deletedBy, entry.authorId ?? entry.deletedBy] : [],
    );
    for (const id of [...new Set(ids)].slice(0, AT_ONCE)) this.of(id);
  }

  of(id: UserId): void {
    const { store } = this.#deps;
    if (store.get().people.has(id) || this.#asked.has(id) || this.#asked.size >= ASKED) return;
    this.#asked.add(id);
    void this.#ask(id);
  }

  async #ask(id: UserId): Promise<void> {
    const { store, online } = this.#deps;
    const outcome = await outcomeOf(() => online.call("get_user", { user_id: id }));
    if (!outcome.ok) {
      // The next page asks again.
      this.#asked.delete(id);
      return;
    }
    const { user, online: isOnline } = outcome.value;
    const person = { id: user.id, username: user.username, online: isOnline };
    store.update((state) => withPeople(state, [person]));
  }
}
