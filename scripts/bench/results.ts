import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import path from "node:path";
import type { Findings } from "./measurement.ts";

/** The newest findings of one measurement, with what they were made on. */
export interface Result extends Findings {
  readonly measurement: string;
  /** RFC 3339. */
  readonly at: string;
  readonly machine: string;
  readonly node: string;
  readonly commit: string | undefined;
  /** "built" or "source". */
  readonly server: string;
  /** What was asked for, to repeat it. */
  readonly args: readonly string[];
  /** Processes that wanted the processor when it began, on an average of one minute. */
  readonly load: number;
}

/** The machine in few words. */
export function machineText(): string {
  const [first] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? "unknown processor"}, ${gibibytes} GiB, ${type()} ${release().split("-")[0]}`;
}

/** The commit that is checked out, marked where files differ from it. */
export function commitText(): string | undefined {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}

export function saveResult(folder: string, result: Result): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${result.measurement}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

/** What was kept, by measurement. */
export function keptResults(folder: string): ReadonlyMap<string, Result> {
  const results = filesIn(folder).map(
    (name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Result,
  );
  return new Map(results.map((result) => [result.measurement, result]));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
