import type { Verdict } from "./check-histories.ts";
import type { Counts } from "./fault.ts";
import { type ViolationKind, violationKinds } from "./findings.ts";

/** What a run comes to: the content of `torture.json`. */
export interface Ledger extends Record<ViolationKind, number> {
  readonly seed: number;
  readonly seconds: number;
  readonly commit: string | undefined;
  readonly node: string;
  readonly kills: number;
  readonly faults: Readonly<Record<string, Counts>>;
  /** By fault: why it could not be done here. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly sends: number;
  readonly acked: number;
  readonly nacked: number;
  readonly unknown: number;
  /** Entries seen on devices. */
  readonly shown: number;
  /** Milliseconds from a start to readiness, while clients press. */
  readonly restart_ms: { readonly median: number; readonly p99: number };
  /** What must never happen and is none of the kinds above. */
  readonly violations: readonly string[];
  readonly examples: readonly string[];
  /** What the run was to reach and did not. */
  readonly missed: readonly string[];
}

type Sums = Record<"sends" | "acked" | "nacked" | "unknown" | "shown" | ViolationKind, number>;

const kept = 100;

/** Adds up what episodes and checks find. */
export class Tally {
  readonly #faults = new Map<string, Map<string, number>>();
  readonly #sums: Sums = {
    sends: 0,
    acked: 0,
    nacked: 0,
    unknown: 0,
    shown: 0,
    lost: 0,
    duplicate: 0,
    misordered: 0,
    phantom: 0,
    altered: 0,
    gap: 0,
  };
  readonly skipped: Record<string, string> = {};
  readonly violations: string[] = [];
  readonly examples: string[] = [];
  readonly restartMs: number[] = [];

  /** Adds the counts of an episode. */
  count(fault: string, counts: Counts): void {
    const sums = this.#faults.get(fault) ?? new Map<string, number>();
    this.#faults.set(fault, sums);
    for (const [name, count] of Object.entries({ episodes: 1, ...counts })) {
      const isLargest = name.endsWith("Ms");
      const before = sums.get(name) ?? 0;
      sums.set(name, isLargest ? Math.max(before, count) : before + count);
    }
  }

  /** Adds what a checker found; what was sent is added only where it is that run's own. */
  found(verdict: Verdict, isOwn: boolean): void {
    for (const kind of violationKinds) this.#sums[kind] += verdict.violations[kind];
    this.#keep(this.examples, verdict.examples);
    if (!isOwn) return;
    for (const name of ["sends", "acked", "nacked", "unknown", "shown"] as const) {
      this.#sums[name] += verdict[name];
    }
  }

  violated(what: string): void {
    this.#keep(this.violations, [what]);
  }

  /** Of all faults together, how often this was counted. */
  total(name: string): number {
    return [...this.#faults.values()].reduce((sum, counts) => sum + (counts.get(name) ?? 0), 0);
  }

  get hasViolations(): boolean {
    return this.violations.length > 0 || violationKinds.some((kind) => this.#sums[kind] > 0);
  }

  ledger(run: Pick<Ledger, "seed" | "seconds" | "commit" | "missed">): Ledger {
    const faults = [...this.#faults].map(([name, counts]) => [name, Object.fromEntries(counts)]);
    return {
      ...run,
      node: process.version,
      kills: this.total("kills"),
      faults: Object.fromEntries(faults),
      skipped: this.skipped,
      ...this.#sums,
      restart_ms: { median: quantile(this.restartMs, 0.5), p99: quantile(this.restartMs, 0.99) },
      violations: this.violations,
      examples: this.examples,
    };
  }

  #keep(list: string[], more: readonly string[]): void {
    list.push(...more.slice(0, Math.max(0, kept - list.length)));
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
}
