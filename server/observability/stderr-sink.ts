import { write, writeSync } from "node:fs";
import type { LogSink } from "./logger.ts";

/** Bytes that may wait for a reader of stderr who does not read; what comes on top is dropped. */
const waitingBytes = 1024 * 1024;
/** Tried so often again at the end, when there is nothing else left to do, and so long apart. */
const lastTries = 50;
const tryMs = 20;

const stderr = 2;

/**
 * The log's way out. Writing does not wait, so a slow reader of the log does not slow the chat; and a
 * log that cannot be written (a terminal that is gone, a full disk) is dropped, for it must neither
 * end the server nor hold its end up. The stream that pino brings tries again for ever.
 */
export function stderrSink(fd = stderr): LogSink {
  return new Sink(fd);
}

class Sink implements LogSink {
  readonly #fd: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isWriting = false;
  /** What a busy reader is to be given again. */
  #retrying: { readonly bytes: Buffer; readonly timer: NodeJS.Timeout } | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > waitingBytes) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (!this.#isWriting) this.#writeSoon();
  }

  flush(): void {
    clearTimeout(this.#retrying?.timer);
    let rest = Buffer.concat([this.#retrying?.bytes ?? Buffer.alloc(0), this.#take()]);
    this.#retrying = undefined;
    for (let tries = 0; rest.length > 0 && tries < lastTries; ) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        if (!isBusy(error)) return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, tryMs);
      }
    }
  }

  #writeSoon(): void {
    const bytes = this.#take();
    if (bytes.length === 0) return;
    this.#isWriting = true;
    this.#writeAll(bytes);
  }

  #writeAll(bytes: Buffer): void {
    write(this.#fd, bytes, (error, written) => {
      if (error === null && written === bytes.length) this.#written();
      else if (error === null) this.#writeAll(bytes.subarray(written));
      else if (isBusy(error)) this.#tryAgain(bytes);
      // Nobody reads it, and there is nowhere else to say so.
      else this.#written();
    });
  }

  #tryAgain(bytes: Buffer): void {
    const again = () => {
      this.#retrying = undefined;
      this.#writeAll(bytes);
    };
    this.#retrying = { bytes, timer: setTimeout(again, tryMs).unref() };
  }

  #written(): void {
    this.#isWriting = false;
    this.#writeSoon();
  }

  #take(): Buffer {
    const [only] = this.#waiting;
    const taken =
      this.#waiting.length === 1 && only !== undefined ? only : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return taken;
  }
}

/** Whether whoever reads it has only to read on. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EAGAIN" || code === "EBUSY";
}

/** What `LAIR_LOG_FORMAT` is when it is not set. */
export function usualFormat(stderrIsTerminal: boolean): "json" | "text" {
  return stderrIsTerminal ? "text" : "json";
}
