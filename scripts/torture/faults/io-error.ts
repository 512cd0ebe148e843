import type { Fault } from "../fault.ts";

/** How a disk may fail, as strace can make the kernel say. */
const failures = [
  { calls: "fdatasync,fsync", error: "EIO", from: 1, upTo: 60 },
  { calls: "pwrite64", error: "EIO", from: 1, upTo: 200 },
  { calls: "pread64", error: "EIO", from: 1, upTo: 60 },
  { calls: "pwrite64", error: "ENOSPC", from: 20, upTo: 300 },
  { calls: "pwrite64", error: "EDQUOT", from: 20, upTo: 300 },
] as const;

/** What a supervisor is told: start again, or let somebody look. */
const honestCodes: ReadonlySet<number | null> = new Set([70, 78]);
const diesMs = 15_000;
const refusesMs = 3_000;

export const ioError: Fault = {
  name: "io-error",
  about:
    "Reading, writing or syncing the files fails (strace injects EIO, ENOSPC or EDQUOT) from a random call on.",
  needs: ["strace attach"],
  async run({ arena, random, violated }) {
    const { calls, error, from, upTo } = random.pick(failures);
    const when = from + random.below(upTo - from);
    await arena.progress(20);
    await arena.server.kill();
    const inject = `inject=${calls}:error=${error}:when=${when}+`;
    const quiet = ["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"];
    arena.spawnServer({ wrapper: ["strace", ...quiet, "-e", `trace=${calls}`, "-e", inject] });
    await arena.server.isReady();
    // That there is no room is no reason to end.
    await arena.until(() => arena.server.hasEnded, error === "EIO" ? diesMs : refusesMs);
    const counts = { kills: 1, [`${calls} ${error}`]: 1 };
    if (!arena.server.hasEnded) {
      await arena.server.kill();
      await arena.startServer();
      return { ...counts, survived: 1 };
    }
    const { code, signal } = await arena.server.exited;
    if (!honestCodes.has(code)) {
      violated(`after ${calls} failed with ${error} the server ended with ${code ?? signal}`);
    }
    await arena.startServer();
    return { ...counts, [`exit ${code ?? signal}`]: 1 };
  },
};
