import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** What the machine and some processes have used of it since they began. */
export interface Usage {
  /** Seconds of processor time of the watched processes; undefined where this system does not say. */
  readonly watched: number | undefined;
  /** Of it what their first threads used, which in Node run the event loop. */
  readonly mainThreads: number | undefined;
  /** Of everything on the machine. */
  readonly machine: number;
  readonly at: number;
}

/** Reads how much processor time was used so far. */
export function readUsage(pids: readonly number[]): Usage {
  const machine = cpus().reduce(
    (sum, { times }) => sum + times.user + times.sys + times.nice + times.irq,
    0,
  );
  return {
    watched: cpuOf(pids.flatMap(threadsOf)),
    mainThreads: cpuOf(pids.map(mainThreadOf)),
    machine: machine / 1000,
    at: performance.now() / 1000,
  };
}

/** Cores in use between two readings. */
export function coresBetween(from: Usage, to: Usage) {
  const seconds = to.at - from.at;
  const rate = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : (b - a) / seconds;
  return {
    watched: rate(from.watched, to.watched),
    mainThreads: rate(from.mainThreads, to.mainThreads),
    machine: (to.machine - from.machine) / seconds,
  };
}

function cpuOf(files: readonly string[]): number | undefined {
  try {
    return files.reduce((sum, file) => {
      const [ns = "0"] = readFileSync(file, "utf8").split(" ");
      return sum + Number(ns) / 1e9;
    }, 0);
  } catch {
    // There is no /proc here, or the process has ended: then nothing is known of it.
    return undefined;
  }
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}/schedstat`);
  } catch {
    return [mainThreadOf(pid)];
  }
}

function mainThreadOf(pid: number): string {
  return `/proc/${pid}/task/${pid}/schedstat`;
}

/** Memory of a process that lies in RAM; undefined where this system does not say. */
export function residentBytes(pid: number): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** The processes that were started by one. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    // Not on this system, or gone: then it has none.
    return [];
  }
}

/** Those that still run: when this process goes, they go. */
const ours = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of ours) {
    // Somebody may stand in front of it, as strace does, who would leave it behind.
    for (const pid of [...childrenOf(child.pid ?? 0), child.pid ?? 0]) killNow(pid);
  }
});

/** Sees to it that a process we started does not outlive us. */
export function endsWithUs(child: ChildProcess): void {
  ours.add(child);
  child.once("close", () => ours.delete(child));
}

/** Kills a process; one that is gone already is fine. */
export function killNow(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
