import type { CommandName } from "@lair-chat/protocol/registry.ts";
import type { Dispatch } from "./dispatch.ts";

/** Of one turn of the event loop, about; the last page that is begun may go beyond. */
const budgetMs = 3;

const pageCommands: ReadonlySet<CommandName> = new Set(["get_log", "get_messages", "resume"]);

/** Whether it is answered with a page of a log. */
export function readsPage(name: CommandName): boolean {
  return pageCommands.has(name);
}

/**
 * Reads pages of logs one after the other, and in each turn of the event loop only for so long. Many
 * readers that catch up at once would otherwise fill turns that everybody's chat waits for. What
 * waits is bounded by the requests that each connection may have in flight.
 *
 * It waits for a whole request and not for its result: a promise that has waited for long is old to
 * the collector of garbage, which keeps what it was resolved with, here pages, until it looks at
 * everything that is old.
 */
export class PageTurns {
  readonly #monotonic: () => number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #isReading = false;
  /** Of this turn of the loop. */
  #spentMs = 0;
  #isEndAwaited = false;

  /** @param monotonic milliseconds on a clock that never jumps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Does it at once where nobody else reads and this turn has time left, else when it is its turn. */
  take(page: () => Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push(async () => {
      try {
        resolve(await page());
      } catch (error) {
        reject(error);
      }
    });
    void this.#readSome();
    return promise;
  }

  /** Never rejects: what a page rejects with is told to whoever waits for it. */
  async #readSome(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#spentMs < budgetMs) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      const begun = this.#monotonic();
      await next();
      this.#spentMs += this.#monotonic() - begun;
      this.#awaitEndOfTurn();
    }
    this.#isReading = false;
  }

  /**
   * That nobody waits any more does not end a turn: a page is read before the loop comes to the next
   * connection, and each would find a turn of its own.
   */
  #awaitEndOfTurn(): void {
    if (this.#isEndAwaited) return;
    this.#isEndAwaited = true;
    setImmediate(() => {
      this.#isEndAwaited = false;
      this.#spentMs = 0;
      void this.#readSome();
    });
  }
}

/** The same for whoever is not a connection. */
export function inPageTurns(dispatch: Dispatch, turns: Pick<PageTurns, "take">): Dispatch {
  return async (call, name, raw) => {
    if (!readsPage(name)) return dispatch(call, name, raw);
    let result: object | undefined;
    await turns.take(async () => {
      result = await dispatch(call, name, raw);
    });
    return result as object;
  };
}
