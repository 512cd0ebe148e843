/** A number that only grows. */
export class Tally {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
  }
}

/** One such number for each word of a table of ours, which bounds how many there are. */
export class TallyByName<Name extends string> {
  readonly #counts = new Map<Name, number>();

  add(name: Name): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Those that were ever counted. */
  all(): readonly (readonly [Name, number])[] {
    return [...this.#counts];
  }
}
