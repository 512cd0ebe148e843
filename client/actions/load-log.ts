import { ChatError, errorTable } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Clock } from "../clock.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { type PageBound, readPage, withLogPage } from "../store/apply-log-page.ts";
import { changeConversation, spanOf, targetOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { KEPT_OPEN, mergeRange, withoutEntries } from "../store/log-range.ts";
import { withReadMarker } from "../store/read-marker.ts";
import type { Conversation, ConversationKey, State } from "../store/state.ts";
import type { Outcome } from "./actions.ts";
import type { KeptSaved } from "./keep-saved.ts";
import { DeleterNames } from "./name-deleters.ts";
import type { Online } from "./online.ts";
import { done, failed, isOutside } from "./outcome.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface LoadLogDeps {
  readonly store: Store<State>;
  readonly online: Online;
  readonly clock: Clock;
  /** What is kept on this machine. */
  readonly saved: Pick<KeptSaved, "older">;
}

// So much behind, it is quicker to begin at the end and page back when somebody looks.
const FAR_BEHIND = 500;
const RETRY_MS = 2_000;

/** Fetches what is missing of the conversations' logs. */
export class LogLoader {
  readonly #deps: LoadLogDeps;
  readonly #catchingUp = new Map<ConversationKey, Promise<void>>();
  readonly #retries = new Map<ConversationKey, () => void>();
  readonly #deleters: DeleterNames;

  constructor(deps: LoadLogDeps) {
    this.#deps = deps;
    this.#deleters = new DeleterNames(deps);
  }

  /** Learns who that is, if it is not known. */
  nameDeleter(id: UserId): void {
    this.#deleters.of(id);
  }

  /** The same for all who erased something behind a place of a log. */
  nameDeleters(key: ConversationKey, after: number): void {
    const entries = this.#conversation(key)?.entries ?? [];
    this.#deleters.ofEntries(entries.slice(entries.findLastIndex(({ seq }) => seq <= after) + 1));
  }

  /** The page before the oldest entry, or the newest one where nothing was loaded yet. */
  async loadOlder(key: ConversationKey): Promise<Outcome> {
    const conversation = this.#conversation(key);
    if (conversation === undefined) return failed("That conversation is not there any more.");
    if (conversation.reachedStart || conversation.history === "loading") return done;
    if (conversation.entries.length >= KEPT_OPEN) {
      return failed(`No more than ${KEPT_OPEN} messages are kept in memory at once.`);
    }
    const span = spanOf(conversation);
    try {
      if (this.#isHere(key, span?.from)) return done;
      this.#setHistory(key, "loading");
      await this.#fetch(key, span && { side: "before", seq: span.from });
      this.#setHistory(key, "idle");
      // There may be more by now than the newest page held.
      void this.catchUp(key);
      return done;
    } catch (error) {
      if (!isOutside(error)) throw error;
      const isOffline = error instanceof ConnectionError && error.kind !== "no_answer";
      // It is asked for again when the connection is back, so that is no failure to show.
      this.#setHistory(key, isOffline ? "idle" : { failed: error.message });
      return failed(error.message);
    }
  }

  /** Shows what is kept on this machine before a place, if anything is. */
  #isHere(key: ConversationKey, before: number | undefined): boolean {
    const { store, saved } = this.#deps;
    const range = saved.older(key, before);
    if (range === undefined) return false;
    store.update((state) => {
      const reader = { me: state.me?.id, isOpen: state.open === key };
      return changeConversation(state, key, (conversation) =>
        withReadMarker(mergeRange(conversation, range), reader),
      );
    });
    this.#deleters.ofEntries(range.entries);
    // Nothing was loaded yet, so what came since is missing too.
    if (before === undefined) void this.catchUp(key);
    return true;
  }

  /** Everything between the newest entry here and the head; at most one such run at a time. */
  catchUp(key: ConversationKey): Promise<void> {
    const running = this.#catchingUp.get(key);
    if (running !== undefined) return running;
    const run = this.#catchUp(key).finally(() => this.#catchingUp.delete(key));
    this.#catchingUp.set(key, run);
    return run;
  }

  [Symbol.dispose](): void {
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
  }

  async #catchUp(key: ConversationKey): Promise<void> {
    try {
      for (let gap = this.#gap(key); gap !== undefined; ) {
        if (gap.head - gap.to > FAR_BEHIND) await this.startOver(key);
        else await this.#fetch(key, { side: "after", seq: gap.to });
        const left = this.#gap(key);
        // A server that names a head it has no entries for is not asked for ever.
        if (left?.to === gap.to) return;
        gap = left;
      }
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Between what is here and the newest the server has told of. */
  #gap(key: ConversationKey): { readonly to: number; readonly head: number } | undefined {
    const conversation = this.#conversation(key);
    const to = conversation && spanOf(conversation)?.to;
    if (conversation === undefined || to === undefined || to >= conversation.head) return undefined;
    return { to, head: conversation.head };
  }

  /** Forgets what is here of a log, and fetches its end if somebody looks at it. */
  async startOver(key: ConversationKey): Promise<void> {
    if (this.#deps.store.get().open === key) await this.#fetch(key, undefined);
    else this.#change(key, withoutEntries);
  }

  async #fetch(key: ConversationKey, bound: PageBound = { side: "newest" }): Promise<void> {
    const asked = bound.side === "newest" ? {} : { [bound.side]: bound.seq };
    const page = await this.#deps.online.call("get_log", { target: targetOf(key), ...asked });
    this.#take(key, page, bound);
  }

  #take(key: ConversationKey, page: Result<"get_log">, bound: PageBound): void {
    const { store, clock } = this.#deps;
    const reading = readPage(page, bound);
    store.update((state) => withLogPage(state, key, { reading, now: clock.now() }));
    this.#deleters.ofEntries(reading.range.entries);
  }

  #failed(key: ConversationKey, error: unknown): void {
    if (!isOutside(error)) throw error;
    // Without a connection there is nothing to do: everything is caught up with when it is back.
    if (!(error instanceof ChatError)) return;
    if (errorTable[error.code].retry) {
      const ms = retryAfterMs(error, RETRY_MS);
      this.#retries.get(key)?.();
      this.#retries.set(
        key,
        this.#deps.clock.after(ms, () => this.#again(key)),
      );
      return;
    }
    this.#setHistory(key, { failed: error.message });
  }

  #again(key: ConversationKey): void {
    this.#retries.delete(key);
    void this.catchUp(key);
  }

  #conversation(key: ConversationKey): Conversation | undefined {
    return this.#deps.store.get().conversations.get(key);
  }

  #setHistory(key: ConversationKey, history: Conversation["history"]): void {
    this.#change(key, (conversation) => ({ ...conversation, history }));
  }

  #change(key: ConversationKey, change: (conversation: Conversation) => Conversation): void {
    this.#deps.store.update((state) => changeConversation(state, key, change));
  }
}
