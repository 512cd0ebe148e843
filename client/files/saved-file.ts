/**
 * Writes the newest content whenever asked, one write at a time. Every answer comes when a write that
 * began after the question is done, so that what was there when asked is on disk.
 */
export class SavedFile {
  readonly #write: () => Promise<void>;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(write: () => Promise<void>) {
    this.#write = write;
  }

  save(): Promise<void> {
    if (this.#current === undefined) return this.#start();
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    const writing = this.#write().finally(() => {
      if (this.#current === writing) this.#current = undefined;
    });
    this.#current = writing;
    return writing;
  }
}
