import { hash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  truncateSync,
  writeSync,
} from "node:fs";

/**
 * What a device writes down, one JSON array per line. Times are microseconds of the machine's
 * monotonic clock, which all processes of a machine share.
 */
export type HistoryRecord =
  /** One attempt at a send is about to leave; written before its bytes do. */
  | readonly ["invoke", at: number, id: string, conversation: string, hash: string, bytes: number]
  /** It was acknowledged. */
  | readonly ["ok", at: number, id: string, seq: number, chain: string | null]
  /** The attempt was refused: by it nothing was stored. */
  | readonly ["fail", at: number, id: string, code: string]
  /** Nobody knows what became of the attempt. */
  | readonly ["info", at: number, id: string]
  /** An entry was shown to the user. */
  | readonly ["show", conversation: string, entry: ShownEntry]
  /** A live event came whose predecessors had not come and were not announced as missing. */
  | readonly ["gap", conversation: string, expected: number, got: number]
  /** The server said what the chain of a conversation is up to an entry. */
  | readonly ["chain", conversation: string, seq: number, chain: string]
  /** The server said that its history is not the one it was. */
  | readonly ["rewound", at: number];

/** An entry of a log as a reader sees it. */
export type ShownEntry = readonly [
  seq: number,
  kind: string,
  /** Null for what carries none. */
  id: string | null,
  sender: string,
  hash: string,
];

/** What of a content is written down. */
export function contentHash(content: string): string {
  return hash("sha256", content, "hex").slice(0, 16);
}

/** Microseconds on the clock that never jumps. */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

const flushAt = 500;

/** A device's own file. What was flushed outlives the process, however that ends. */
export class HistoryFile {
  readonly #file: number;
  #lines: string[] = [];

  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  add(record: HistoryRecord): void {
    this.#lines.push(JSON.stringify(record));
    if (this.#lines.length >= flushAt) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join("\n")}\n`;
    this.#lines = [];
    writeSync(this.#file, text);
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

const chunkBytes = 1024 * 1024;
const newline = 10;

/**
 * Reads a history piece by piece. A last line that was not finished is where a process was killed.
 * @throws SyntaxError for any other line that cannot be read
 */
export function* readHistory(path: string): Generator<HistoryRecord> {
  const file = openSync(path, "r");
  try {
    let rest: Buffer = Buffer.alloc(0);
    const chunk = Buffer.alloc(chunkBytes);
    for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk)) {
      const text = Buffer.concat([rest, chunk.subarray(0, bytes)]);
      const end = text.lastIndexOf(newline);
      rest = text.subarray(end + 1);
      if (end < 0) continue;
      for (const line of text.toString("utf8", 0, end).split("\n")) {
        if (line !== "") yield JSON.parse(line) as HistoryRecord;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Ends the line that a killed process left open, so that the next process starts on its own. */
export function mendLastLine(path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(newline);
  if (end < bytes.length - 1) truncateSync(path, end + 1);
}
