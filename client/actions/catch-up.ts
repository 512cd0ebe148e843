import { ChatError, errorTable } from "@lair-chat/protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { LiveLink } from "../connection/link.ts";
import {
  type Asked,
  applyConversations,
  askedNow,
  type Listed,
  type Remembered,
} from "../store/apply-conversations.ts";
import { spanOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { withNotice } from "../store/notices.ts";
import type { State } from "../store/state.ts";
import type { LogLoader } from "./load-log.ts";
import type { Online } from "./online.ts";
import { isOutside } from "./outcome.ts";
import type { Resumer } from "./resume.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface CatchUpDeps {
  readonly store: Store<State>;
  readonly online: Online;
  readonly clock: Clock;
  readonly log: LogLoader;
  readonly resumer: Pick<Resumer, "run">;
  remembered(): Remembered;
  /** Told when our own log does not tell all that happened. */
  onLogCut(): void;
  /** Told when everything is here, and may ask for more before it is said to be up to date. */
  onFilled(): Promise<void>;
  /** Told each time when everything is up to date. */
  onDone(): void;
}

// Every so often the heads are compared, so that a lost last message is found without another one.
const CHECK_MS = 60_000;
const RETRY_MS = 2_000;
const PAGES = 100;
const PAGE_ROWS = 100;

/** Brings the conversations up to date with the server's list of them. */
export class CatchUp {
  readonly #deps: CatchUpDeps;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #isListOld = false;
  #cancel: () => void = () => undefined;

  constructor(deps: CatchUpDeps) {
    this.#deps = deps;
  }

  /** Resolves when everything is caught up with, or when that did not work now and will be tried again. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      // What made us ask may be newer than the list that is on its way.
      this.#isAskedAgain = true;
      return this.#running;
    }
    this.#running = this.#repeat().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** We are out of a conversation: a list that was asked for before may still have it. */
  lost(): void {
    this.#isListOld = true;
  }

  /** Ends the checks until the next run. */
  pause(): void {
    this.#cancel();
  }

  async #repeat(): Promise<void> {
    this.#cancel();
    // Whatever goes wrong below, even a fault of our own, there is a next time.
    let nextMs = RETRY_MS;
    try {
      let trouble: Error | undefined;
      let link: LiveLink | undefined;
      do {
        this.#isAskedAgain = false;
        ({ link } = this.#deps.online);
        trouble = await this.#once();
      } while (this.#isAskedAgain && (trouble === undefined || link !== this.#deps.online.link));
      nextMs = trouble === undefined ? CHECK_MS : retryAfterMs(trouble, RETRY_MS);
      if (trouble === undefined) this.#deps.onDone();
      else this.#tell(trouble);
    } finally {
      this.#plan(nextMs);
    }
  }

  /** Why the list could not be had, if it could not. */
  async #once(): Promise<Error | undefined> {
    const { store, clock, online, remembered } = this.#deps;
    try {
      if (online.link?.features.has("resume") === true) await this.#resume();
      let listed: readonly Listed[];
      let asked: Asked;
      do {
        this.#isListOld = false;
        // Only now: what was set back meanwhile is known to be.
        asked = askedNow(store.get(), remembered(), clock.now());
        listed = await this.#list();
      } while (this.#isListOld);
      store.update((state) => applyConversations(state, listed, asked));
    } catch (error) {
      if (isOutside(error)) return error;
      throw error;
    }
    await this.#fill();
    await this.#deps.onFilled();
    return undefined;
  }

  /** What the lists do not tell: all that was said since, and what concerns us alone. */
  async #resume(): Promise<void> {
    const { resumer, onLogCut } = this.#deps;
    const { isLogCut } = await resumer.run();
    if (isLogCut) onLogCut();
  }

  async #list(): Promise<readonly Listed[]> {
    const all: Listed[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < PAGES; pages += 1) {
      const from = after === undefined ? {} : { after };
      const page = await this.#deps.online.call("list_conversations", {
        ...from,
        limit: PAGE_ROWS,
      });
      all.push(...page.conversations);
      if (!page.has_more || typeof page.next !== "string") return all;
      after = page.next;
    }
    return all;
  }

  /** First what is on screen; others only as far as they were loaded before. */
  async #fill(): Promise<void> {
    const { store, log } = this.#deps;
    const { open, conversations } = store.get();
    const onScreen = open === undefined ? undefined : conversations.get(open);
    if (onScreen !== undefined && spanOf(onScreen) === undefined && onScreen.joined) {
      await log.loadOlder(onScreen.key);
    }
    if (onScreen !== undefined) await log.catchUp(onScreen.key);
    for (const { key, joined } of conversations.values()) {
      if (joined && key !== open) await log.catchUp(key);
    }
  }

  #tell(trouble: Error): void {
    if (!(trouble instanceof ChatError) || errorTable[trouble.code].retry) return;
    const { store, clock } = this.#deps;
    const notice = { severity: "error", text: trouble.message, at: clock.now() } as const;
    store.update((state) => withNotice(state, notice));
  }

  #plan(ms: number): void {
    this.#cancel();
    // Without a link the next one will begin with a run.
    if (this.#deps.online.link === undefined) return;
    this.#cancel = this.#deps.clock.after(ms, () => void this.run());
  }
}
