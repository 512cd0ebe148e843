import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** Longer than any test lets one live: a child that hangs must not keep the tests from ending. */
const lifeMs = 90_000;

const script = fileURLToPath(new URL("./storage-writer-process.ts", import.meta.url));

/** A process of its own that writes to a database file, to be killed or starved. */
export interface WriterChild {
  readonly pid: number;
  /** Every line it said. */
  readonly lines: readonly string[];
  tell(line: string): void;
  /** Says that nothing more will be told, at which it ends in order. */
  endInput(): void;
  /** Resolves once it has said what fits. */
  says(pattern: RegExp): Promise<string>;
  /** Resolves with its exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  kill(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WriterChildOptions {
  /** Put before the command, as in `strace -f …`. */
  readonly wrapper?: readonly string[];
  /** Bytes to keep free, and of the reserve. */
  readonly space?: readonly [minFree: number, reserve: number];
}

/** Starts one on a database file. */
export function startWriterChild(file: string, options: WriterChildOptions = {}): WriterChild {
  const { wrapper = [], space = [] } = options;
  const words = [...wrapper, process.execPath, script, file, ...space.map(String)];
  const [command = process.execPath, ...args] = words;
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    wake();
  });
  const exited = once(child, "close").then(([code]) => code as number | null);
  const overdue = setTimeout(() => kill(child), lifeMs);
  child.once("close", () => clearTimeout(overdue));
  // One that is gone reads no more.
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    lines,
    endInput: () => void child.stdin.end(),
    tell: (line) => void child.stdin.write(`${line}\n`),
    says: (pattern) => untilSaid(lines, pattern, waiting, exited),
    exited,
    kill: () => kill(child),
    [Symbol.asyncDispose]: async () => {
      kill(child);
      await exited;
    },
  };
}

async function untilSaid(
  lines: readonly string[],
  pattern: RegExp,
  waiting: Set<() => void>,
  exited: Promise<number | null>,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = () => {
    const line = lines.find((said) => pattern.test(said));
    if (line !== undefined) resolve(line);
  };
  waiting.add(look);
  exited.then((code) => reject(new Error(`ended with ${code} without saying ${pattern}`)), reject);
  look();
  try {
    return await promise;
  } finally {
    waiting.delete(look);
  }
}

/** Also one that has a wrapper, of which only the wrapper is ours to kill: the end of its input ends it. */
function kill(child: ChildProcessByStdio<Writable, Readable, null>): void {
  child.stdin.destroy();
  child.kill("SIGKILL");
}
