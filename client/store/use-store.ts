import { useSyncExternalStore } from "react";
import type { Store } from "./create-store.ts";

/**
 * Reads a part of a store in a component, which is drawn again when that part is another value.
 * `select` gives a part that exists in the state; one that builds a new object each time never settles.
 */
export function useStore<State, Part>(
  store: Pick<Store<State>, "get" | "subscribe">,
  select: (state: State) => Part,
): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
