/**
 * Small pieces of memory that go to another thread, cut from common ones: each piece of memory of its
 * own costs the thread that gets it more than all else of an entry. Not many share one, for all of it
 * goes along with any of them.
 */
export class Shelf {
  readonly #size: number;
  #bytes: Buffer;
  #used = 0;

  /** `size`: bytes of a common piece. */
  constructor(size: number) {
    this.#size = size;
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** A text with a character per byte. */
  latin1(text: string): Uint8Array {
    const bytes = this.#roomFor(text.length);
    if (bytes === undefined) return Buffer.from(text, "latin1");
    return this.#taken(bytes.write(text, this.#used, "latin1"));
  }

  /** A text as UTF-8. */
  utf8(text: string): Uint8Array {
    const bytes = this.#roomFor(text.length * bytesPerUnit);
    if (bytes === undefined) return encoder.encode(text);
    return this.#taken(bytes.write(text, this.#used, "utf8"));
  }

  /** Undefined for what is better off by itself. */
  #roomFor(bytes: number): Buffer | undefined {
    if (bytes > this.#size / 2) return undefined;
    if (this.#used + bytes > this.#size) {
      this.#bytes = Buffer.allocUnsafeSlow(this.#size);
      this.#used = 0;
    }
    return this.#bytes;
  }

  #taken(length: number): Uint8Array {
    const start = this.#used;
    this.#used += length;
    return this.#bytes.subarray(start, this.#used);
  }
}

const encoder = new TextEncoder();
/** That one UTF-16 unit becomes in UTF-8, at most. */
const bytesPerUnit = 3;
