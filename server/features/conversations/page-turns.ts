/** Of one turn of the event loop, about; the last page that is begun may go beyond. */
const budgetMs = 3;

/**
 * Reads pages of logs one after the other, and in each turn of the event loop only for so long. Many
 * readers that catch up at once would otherwise fill turns that everybody's chat waits for. What
 * waits is bounded by the requests that each connection may have in flight.
 */
export class PageTurns {
  readonly #monotonic: () => number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #isReading = false;

  /** @param monotonic milliseconds on a clock that never jumps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Does it at once where nobody else reads, else when it is its turn. */
  read<Page>(page: () => Promise<Page>): Promise<Page> {
    const { promise, resolve, reject } = Promise.withResolvers<Page>();
    this.#waiting.push(() => page().then(resolve, reject));
    if (!this.#isReading) void this.#turn();
    return promise;
  }

  /** Never rejects: what a page rejects with is told to whoever waits for it. */
  async #turn(): Promise<void> {
    this.#isReading = true;
    const begun = this.#monotonic();
    do {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      await next();
    } while (this.#monotonic() - begun < budgetMs);
    if (this.#waiting.length > 0) setImmediate(() => void this.#turn());
    else this.#isReading = false;
  }
}
