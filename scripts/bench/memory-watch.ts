import { residentBytes } from "./processes.ts";

const sampleMs = 200;

/** The most memory that a process has while it is watched; as much as when that began at least. */
export class MemoryWatch {
  readonly #pid: number;
  #timer: NodeJS.Timeout | undefined;
  before = Number.NaN;
  largest = Number.NaN;

  constructor(pid: number) {
    this.#pid = pid;
  }

  begin(): void {
    this.before = this.#resident();
    this.largest = this.before;
    this.#timer = setInterval(() => this.#look(), sampleMs);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#look();
  }

  #look(): void {
    this.largest = Math.max(this.largest, this.#resident());
  }

  #resident(): number {
    return residentBytes(this.#pid) ?? Number.NaN;
  }
}
