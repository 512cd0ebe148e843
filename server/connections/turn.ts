/** Something with bytes to write at the end of the turn. */
export interface TurnWriter {
  flush(): void;
}

export interface TurnDeps {
  /** Hears of a step that threw; the others are taken all the same. */
  readonly onFault: (error: unknown) => void;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
}

/**
 * Spent on writing in one turn of the event loop, about. A message to a room of 1,000 takes many times
 * that, and everybody else would wait for it; what is left is written in the next turn, with what that
 * has for the same sockets.
 */
const writingMs = 2;
/** At most, where what is left does not become less: reading more must not keep it from being written. */
const longestWritingMs = 32;
/** Sockets written to between two looks at the clock. */
const writersPerLook = 16;

/**
 * Collects what one turn of the event loop wants to write, so that each socket is written to once.
 * At the end of the turn first the gatherers run, which put frames into outboxes, then the outboxes
 * that have frames are flushed, in the order in which they got them.
 */
export class Turn {
  readonly #deps: TurnDeps;
  #isScheduled = false;
  #gatherers: (() => void)[] = [];
  #writers: TurnWriter[] = [];
  #budgetMs = writingMs;
  /** Writers that waited at the end of the turn before. */
  #left = 0;

  constructor(deps: TurnDeps) {
    this.#deps = deps;
  }

  gather(step: () => void): void {
    this.#gatherers.push(step);
    this.#schedule();
  }

  write(writer: TurnWriter): void {
    this.#writers.push(writer);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#end());
  }

  #end(): void {
    const gatherers = this.#gatherers;
    this.#gatherers = [];
    for (const step of gatherers) this.#attempt(step);
    this.#isScheduled = false;
    this.#flushSome();
  }

  #flushSome(): void {
    const writers = this.#writers;
    this.#writers = [];
    const rest = writers.slice(this.#flushUntilDue(writers));
    if (rest.length === 0) this.#budgetMs = Math.max(this.#budgetMs / 2, writingMs);
    else this.#leave(rest);
    this.#left = this.#writers.length;
  }

  #leave(rest: readonly TurnWriter[]): void {
    this.#writers = [...rest, ...this.#writers];
    const isLosing = this.#left > 0 && this.#writers.length >= this.#left;
    if (isLosing) this.#budgetMs = Math.min(this.#budgetMs * 2, longestWritingMs);
    this.#schedule();
  }

  /** How many of them were flushed. */
  #flushUntilDue(writers: readonly TurnWriter[]): number {
    const { monotonic } = this.#deps;
    const begun = monotonic();
    for (const [index, writer] of writers.entries()) {
      const isLook = index > 0 && index % writersPerLook === 0;
      if (isLook && monotonic() - begun >= this.#budgetMs) return index;
      this.#attempt(() => writer.flush());
    }
    return writers.length;
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }
}
