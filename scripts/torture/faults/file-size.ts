import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../fault.ts";

const recoverMs = 15_000;

export const fileSize: Fault = {
  name: "file-size",
  about:
    "The server's files may not grow (RLIMIT_FSIZE): writes are refused, reads go on; then they may again.",
  needs: ["prlimit", "procfs"],
  async run({ arena, random, violated }) {
    limit(arena.server.pid, String(64 * 1024 * (1 + random.below(8))));
    await delay(500 + random.below(1000));
    const refusedUntil = performance.now();
    limit(arena.server.pid, "unlimited");
    const recovered = await arena.progress(10, recoverMs);
    const recoveryMs = Math.round(performance.now() - refusedUntil);
    // A write that failed just before, and could be done again just behind it, is like that of a disk
    // that fails: the server ends, and whoever looks after it starts it again.
    if (arena.server.hasEnded && (await arena.server.exited).code === 70) {
      await arena.startServer();
      return { fullCycles: 1, "exit 70": 1 };
    }
    if (!recovered)
      violated(`no write was taken within ${recoverMs} ms of there being space again`);
    return { fullCycles: 1, recoveryMs };
  },
};

function limit(pid: number, bytes: string): void {
  spawnSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]);
}
