/** Something with bytes to write at the end of the turn. */
export interface TurnWriter {
  flush(): void;
}

/**
 * Collects what one turn of the event loop wants to write, so that each socket is written to once.
 * At the end of the turn first the gatherers run, which put frames into outboxes, then every outbox
 * that has frames is flushed.
 */
export class Turn {
  readonly #onFault: (error: unknown) => void;
  #isScheduled = false;
  #gatherers: (() => void)[] = [];
  #writers: TurnWriter[] = [];

  /** `onFault` hears of a step that threw; the others are taken all the same. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
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
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) this.#attempt(() => writer.flush());
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#onFault(error);
    }
  }
}
