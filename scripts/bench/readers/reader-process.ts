import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { endsWithUs } from "../processes.ts";
import type { Progress, ReaderPlace } from "./resuming-reader.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
const lookEveryMs = 100;

/** Readers that share a process, and stop with it. */
export interface ReaderProcess extends AsyncDisposable {
  /** They take nothing any more; the system goes on to accept what fits into their sockets. */
  stop(): void;
  goOn(): void;
  /** Resolves with how far they are once all of them are there. @throws Error after `limitMs` */
  reach(seq: number, limitMs: number): Promise<readonly Progress[]>;
}

export function startReaders(places: readonly ReaderPlace[]): ReaderProcess {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  endsWithUs(child);
  // One that is gone reads no more; that it is shows when it does not answer.
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify(places)}\n`);
  const progress = async (): Promise<readonly Progress[]> => {
    child.stdin.write("\n");
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the readers ended with ${child.exitCode}`);
    return JSON.parse(value) as readonly Progress[];
  };
  return {
    stop: () => void child.kill("SIGSTOP"),
    goOn: () => void child.kill("SIGCONT"),
    async reach(seq, limitMs) {
      const until = performance.now() + limitMs;
      for (;;) {
        const all = await progress();
        if (all.every((one) => one.seq >= seq)) return all;
        if (performance.now() > until) {
          const least = Math.min(...all.map((one) => one.seq));
          throw new Error(`after ${limitMs} ms a reader has ${least} of ${seq} entries`);
        }
        await sleep(lookEveryMs);
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
