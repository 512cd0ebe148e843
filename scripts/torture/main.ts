import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { violationKinds } from "./findings.ts";
import type { Ledger } from "./ledger.ts";
import { runMutants } from "./mutants.ts";
import { readOptions, type TortureOptions, UsageError, usage } from "./options.ts";
import { runTorture } from "./run-torture.ts";

// npm run torture -- [options]: see docs/torture.md.

const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

function commitOf(): string | undefined {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

function tell(ledger: Ledger, out: string): boolean {
  const { violations, missed, examples } = ledger;
  writeFileSync(out, `${JSON.stringify(ledger, null, 2)}\n`);
  const bad = violationKinds.filter((kind) => ledger[kind] > 0);
  for (const line of [...violations, ...examples]) console.log(`  ${line}`);
  for (const goal of missed) console.log(`  not reached: ${goal}`);
  const found = violationKinds.map((kind) => `${kind} ${ledger[kind]}`).join(", ");
  say(`${ledger.acked} acknowledged of ${ledger.sends}, ${ledger.kills} kills: ${found} (${out})`);
  return bad.length === 0 && violations.length === 0 && missed.length === 0;
}

async function torture(options: TortureOptions): Promise<boolean> {
  say(`seed ${options.seed}`);
  if (options.runsMutants) return runMutants(options, say);
  return tell(await runTorture(options, { say, commit: commitOf() }), options.out);
}

// An exit, unlike a signal, takes the servers and folders along.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

try {
  const options = readOptions(process.argv.slice(2), Math.random);
  process.exitCode = (await torture(options)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
