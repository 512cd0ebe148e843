import type { Store } from "../store/create-store.ts";

/** A store whose listeners hear of many changes at once. */
export interface PacedStore<State> extends Pick<Store<State>, "get" | "subscribe"> {
  /** Tells the listeners now what they have not heard of: for what a person is waiting to see. */
  flush(): void;
  /** Stops listening to the store beneath. */
  [Symbol.dispose](): void;
}

/**
 * Lets the first change through and gathers those of the next `intervalMs`, so that a busy room
 * costs at most one frame in that time.
 */
export function paceStore<State>(
  store: Pick<Store<State>, "get" | "subscribe">,
  intervalMs: number,
): PacedStore<State> {
  const listeners = new Set<() => void>();
  let told = store.get();
  let timer: NodeJS.Timeout | undefined;

  const tell = () => {
    const state = store.get();
    if (state === told) return;
    told = state;
    for (const listener of listeners) listener();
  };
  const rest = () => {
    timer = setTimeout(() => {
      timer = undefined;
      if (store.get() !== told) changed();
    }, intervalMs);
  };
  const changed = () => {
    if (timer !== undefined) return;
    rest();
    tell();
  };
  const unsubscribe = store.subscribe(changed);

  return {
    get: store.get,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush: tell,
    [Symbol.dispose]() {
      unsubscribe();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
