import type { Clock } from "../clock.ts";
import { isDamaged, type LocalStore } from "../local-store/local-store.ts";
import { isEmpty, type Kept, writeOf } from "../local-store/store-write.ts";
import type { Store } from "../store/create-store.ts";
import { type LogRange, withoutSurplus } from "../store/log-range.ts";
import { withNotice } from "../store/notices.ts";
import type { ConversationKey, State } from "../store/state.ts";
import { isOutside } from "./outcome.ts";
import { type Unkept, unkeptIn } from "./unkept.ts";

export interface KeepSavedDeps {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly local: LocalStore;
}

// After a failure: the disk may be full for hours.
const RETRY_MS = 5_000;
const keptFields = [
  "conversations",
  "log",
  "people",
  "open",
] as const satisfies readonly (keyof Kept)[];
const nothing: Kept = { conversations: new Map(), people: new Map(), open: undefined };

/**
 * Keeps in the account's database what the state is. All that changes within one turn is one
 * transaction, so what is on disk is always a state that once was, as a whole: the entries, how far
 * they go and how far they were read fit together, whenever the process ends.
 */
export class KeptSaved {
  readonly #deps: KeepSavedDeps;
  readonly #unsubscribe: () => void;
  #saved: Kept;
  #isPlanned = false;
  #hasFailed = false;
  #cancelRetry: () => void = () => undefined;
  #lost: readonly Unkept[] = [];

  /** What the state has now is taken to be on disk already. */
  constructor(deps: KeepSavedDeps) {
    this.#deps = deps;
    this.#saved = deps.store.get();
    this.#unsubscribe = deps.store.subscribe(() => this.#plan());
  }

  /** Resolves when all that there is now is on disk, or when that is not possible and was told. */
  async saveNow(): Promise<void> {
    // Whatever else is asked for in this turn is in the same transaction.
    await undefined;
    this.#save();
  }

  /** What is kept before a place of a log, or the end of it; undefined where nothing is to be had. */
  older(key: ConversationKey, before: number | undefined): LogRange | undefined {
    // What was just forgotten must not come back.
    this.#save();
    if (this.#hasFailed) return undefined;
    try {
      return this.#deps.local.older(key, before);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** What was written by the person and could not be kept, once this has ended. */
  get lost(): readonly Unkept[] {
    return this.#lost;
  }

  /** Saves for the last time. */
  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#save();
    this.#cancelRetry();
    this.#lost = this.#hasFailed ? unkeptIn(this.#saved, this.#deps.store.get()) : [];
  }

  #plan(): void {
    const state = this.#deps.store.get();
    const isSaved = keptFields.every((field) => state[field] === this.#saved[field]);
    if (isSaved || this.#isPlanned || this.#hasFailed) return;
    this.#isPlanned = true;
    setImmediate(() => {
      if (this.#isPlanned) this.#save();
    });
  }

  #save(): void {
    this.#isPlanned = false;
    const { store } = this.#deps;
    const state = store.get();
    if (state.me === undefined || !this.#isWritten(state)) return;
    store.update((now) => withoutSurplus(now));
  }

  #isWritten(state: State): boolean {
    try {
      const write = writeOf(this.#saved, state);
      if (!isEmpty(write)) this.#deps.local.write(write);
      this.#saved = state;
      if (this.#hasFailed) this.#worksAgain();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #failed(error: unknown): void {
    if (!isOutside(error)) throw error;
    const { clock } = this.#deps;
    const isFirst = !this.#hasFailed;
    this.#hasFailed = true;
    if (isFirst) this.#tell(error.message);
    this.#deps.store.update((state) => ({ ...state, unkept: error.message }));
    if (isDamaged(error)) this.#startOver();
    this.#cancelRetry();
    this.#cancelRetry = clock.after(RETRY_MS, () => this.#save());
  }

  #worksAgain(): void {
    this.#hasFailed = false;
    this.#cancelRetry();
    const { store, clock } = this.#deps;
    const text = "Messages are kept on this machine again.";
    store.update(({ unkept: _, ...state }) =>
      withNotice(state, { severity: "info", text, at: clock.now() }),
    );
  }

  /** All that is in memory goes into the new file. */
  #startOver(): void {
    try {
      this.#tell(this.#deps.local.startOver());
      this.#saved = nothing;
    } catch (error) {
      if (!isOutside(error)) throw error;
      this.#tell(error.message);
    }
  }

  #tell(text: string): void {
    const { store, clock } = this.#deps;
    store.update((state) => withNotice(state, { severity: "error", text, at: clock.now() }));
  }
}
