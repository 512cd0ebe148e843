import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Arena } from "./arena.ts";
import type { Verdict } from "./check-histories.ts";
import type { Random } from "./random.ts";

/** What an episode counts under its fault's name. */
export type Counts = Readonly<Record<string, number>>;

/** What an episode has to work with. */
export interface Stage {
  readonly arena: Arena;
  readonly random: Random;
  /** An empty folder of the episode's own, removed afterwards. */
  readonly folder: string;
  /** Bounds the size of an episode with images, copies or cycles. */
  readonly portion: number;
  /** What was found out in an arena of the episode's own. */
  found(verdict: Verdict): void;
  /** Something that must never happen and that no history shows. */
  violated(what: string): void;
}

/** One kind of misfortune. */
export interface Fault {
  readonly name: string;
  /** What it does, for those who read the ledger. */
  readonly about: string;
  /** It makes an arena of its own, and the one of the run rests meanwhile. */
  readonly isApart?: boolean;
  /** Programs without which it cannot be done. */
  readonly needs: readonly string[];
  /** One episode: when it resolves, the arena is in order again. */
  run(stage: Stage): Promise<Counts>;
}

/** Why a fault cannot be done on this machine; undefined where it can. */
export function missing(fault: Pick<Fault, "needs">): string | undefined {
  for (const need of fault.needs) {
    const probe = probes[need] ?? (() => probeProgram(need));
    const why = probe();
    if (why !== undefined) return why;
  }
  return undefined;
}

const probes: Readonly<Record<string, (() => string | undefined) | undefined>> = {
  "mount namespaces": () => {
    const args = ["-Urm", "sh", "-c", 'mount -t tmpfs none "$0"', "/mnt"];
    return spawnSync("unshare", args).status === 0
      ? undefined
      : "no tmpfs can be mounted here in a user's own namespace";
  },
  "strace attach": () =>
    spawnSync("strace", ["-qq", "-e", "trace=none", "true"]).status === 0
      ? undefined
      : "strace is not installed, or may not trace here",
  procfs: () => (existsSync("/proc/self/task") ? undefined : "there is no /proc here"),
};

function probeProgram(name: string): string | undefined {
  return spawnSync(name, ["--version"]).error === undefined
    ? undefined
    : `${name} is not installed`;
}
