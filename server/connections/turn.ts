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
    const { monotonic } = this.#deps;
    const writers = this.#writers;
    this.#writers = [];
    const begun = monotonic();
    for (const [index, writer] of writers.entries()) {
      const isLook = index > 0 && index % writersPerLook === 0;
      if (isLook && monotonic() - begun >= writingMs) {
        this.#writers = [...writers.slice(index), ...this.#writers];
        this.#schedule();
        return;
      }
      this.#attempt(() => writer.flush());
    }
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }
}
