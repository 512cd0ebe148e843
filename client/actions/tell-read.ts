import { ChatError, errorTable } from "@lair-chat/protocol/errors.ts";
import type { Clock } from "../clock.ts";
import { changeConversation, targetOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { withServerMarker } from "../store/read-marker.ts";
import type { Conversation, ConversationKey, State } from "../store/state.ts";
import type { Online } from "./online.ts";
import { isOutside } from "./outcome.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface TellReadDeps {
  readonly store: Store<State>;
  readonly online: Online;
  readonly clock: Clock;
}

// In a busy room one marker a few seconds is enough.
const QUIET_MS = 2_000;

/** Tells the server how far the conversations that were on screen have been read. */
export class ReadTeller {
  readonly #deps: TellReadDeps;
  readonly #unsubscribe: () => void;
  /** Seen here and not told yet. */
  readonly #due = new Set<ConversationKey>();
  /** The server will not hear of these over this connection. */
  readonly #refused = new Set<ConversationKey>();
  #cancel: (() => void) | undefined;
  #isTelling = false;

  constructor(deps: TellReadDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.store.subscribe(() => this.#look());
  }

  /** Goes on with what could not be told while there was no connection. */
  resume(): void {
    this.#refused.clear();
    if (this.#due.size > 0) this.#plan(QUIET_MS);
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#cancel?.();
  }

  #look(): void {
    const { open } = this.#deps.store.get();
    if (open === undefined || this.#untold(open) === undefined || this.#due.has(open)) return;
    this.#due.add(open);
    this.#plan(QUIET_MS);
  }

  #untold(key: ConversationKey): Conversation | undefined {
    const conversation = this.#deps.store.get().conversations.get(key);
    if (conversation?.joined !== true || this.#refused.has(key)) return undefined;
    return conversation.readSeq > conversation.serverReadSeq ? conversation : undefined;
  }

  #plan(ms: number): void {
    if (this.#cancel !== undefined || this.#isTelling) return;
    if (this.#deps.online.link === undefined) return;
    this.#cancel = this.#deps.clock.after(ms, () => {
      this.#cancel = undefined;
      void this.#tellAll();
    });
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    let waitMs = QUIET_MS;
    try {
      waitMs = (await this.#tellEach()) ?? QUIET_MS;
    } finally {
      this.#isTelling = false;
    }
    // What was read meanwhile found this one busy.
    this.#look();
    if (this.#due.size > 0) this.#plan(waitMs);
  }

  /** Ends early where the server wants to be left alone, with for how long. */
  async #tellEach(): Promise<number | undefined> {
    for (const key of [...this.#due]) {
      const retryMs = await this.#tell(key);
      if (retryMs !== undefined) return retryMs;
      this.#due.delete(key);
    }
    return undefined;
  }

  /** How long to wait before another try, if one makes sense. */
  async #tell(key: ConversationKey): Promise<number | undefined> {
    const conversation = this.#untold(key);
    if (conversation === undefined) return undefined;
    const { store, online } = this.#deps;
    try {
      const read = { target: targetOf(key), up_to: conversation.readSeq };
      const marker = await online.call("mark_messages_read", read);
      store.update((state) =>
        changeConversation(state, key, (one) => withServerMarker(one, marker)),
      );
      return undefined;
    } catch (error) {
      if (!isOutside(error)) throw error;
      // Refused for good: the next list of conversations says how it is.
      if (error instanceof ChatError && !errorTable[error.code].retry) {
        this.#refused.add(key);
        return undefined;
      }
      return retryAfterMs(error, QUIET_MS);
    }
  }
}
