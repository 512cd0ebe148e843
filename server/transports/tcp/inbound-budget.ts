/** A connection that holds less than this is left alone whatever the others hold. */
const SMALL_BYTES = 16 * 1024;

/** Bounds what all connections together hold of frames that have not come whole. */
export class InboundBudget {
  readonly #maxBytes: number;
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** Notes that a connection holds `now` bytes instead of `before`. False when that is too much. */
  change(before: number, now: number): boolean {
    this.#held += now - before;
    return now <= before || now < SMALL_BYTES || this.#held <= this.#maxBytes;
  }
}
