import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Measurement } from "./measurement.ts";
import { allMeasurements } from "./measurements/all.ts";
import { type BenchOptions, readOptions, UsageError, usage } from "./options.ts";
import { performancePage } from "./performance-page.ts";
import { prepareGenerator } from "./prepare-generator.ts";
import { commitText, keptResults, machineText, type Result, saveResult } from "./results.ts";
import { findRivals } from "./rivals.ts";
import { tableText } from "./table.ts";

// npm run bench -- [options]: see --help and docs/PERFORMANCE.md.

const root = fileURLToPath(new URL("../../", import.meta.url));

const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** @throws UsageError */
function chosen({ only }: BenchOptions): readonly Measurement[] {
  const names = allMeasurements.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`--only knows no ${unknown.join(", ")}; there are ${names.join(", ")}`);
  }
  return allMeasurements.filter(({ name }) => only.length === 0 || only.includes(name));
}

function prepare(options: BenchOptions, directories: string[]): Bench {
  const generator = prepareGenerator(options.generator, path.join(root, ".cache"));
  for (const remark of generator.remarks) say(remark);
  const { rivals, missing } = findRivals(generator, options.rivals);
  for (const why of missing) say(`left out: ${why}`);
  const newDirectory = () => {
    const directory = mkdtempSync(path.join(options.data, "lair-bench-"));
    directories.push(directory);
    return directory;
  };
  return { options, generator, rivals, newDirectory, say };
}

async function measure(
  bench: Bench,
  measurement: Measurement,
  args: readonly string[],
): Promise<Result> {
  const load = loadavg()[0] ?? Number.NaN;
  say(`${measurement.name}: ${measurement.about}`);
  const findings = await measurement.run(bench);
  return {
    measurement: measurement.name,
    at: new Date().toISOString(),
    machine: machineText(),
    node: process.version,
    commit: commitText(),
    server: "built",
    args,
    load,
    ...findings,
    notes: [...findings.notes, ...bench.generator.remarks],
  };
}

function removeAll(directories: string[]): void {
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
}

async function measureAll(options: BenchOptions, args: readonly string[]): Promise<void> {
  const measurements = chosen(options);
  const directories: string[] = [];
  process.once("exit", () => removeAll(directories));
  // So that what was started ends, and what was made goes, when somebody has seen enough.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => process.exit(130));
  const bench = prepare(options, directories);
  for (const measurement of measurements) {
    const result = await measure(bench, measurement, args);
    removeAll(directories);
    for (const table of result.tables) console.log(`\n${tableText(table)}`);
    console.log();
    for (const note of result.notes) console.log(`  ${note}`);
    say(`kept in ${saveResult(path.resolve(options.out), result)}`);
  }
}

function writeDocs({ out }: BenchOptions): void {
  const files = performancePage(allMeasurements, keptResults(path.resolve(out)));
  for (const [name, text] of files) writeFileSync(path.join(root, "docs", name), text);
  say(`wrote ${[...files.keys()].map((name) => `docs/${name}`).join(", ")}`);
}

async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options.asksForHelp) {
    const list = allMeasurements.map(({ name, about }) => `  ${name.padEnd(14)}${about}`);
    console.log(`${usage}\n\nMeasurements:\n${list.join("\n")}`);
    return;
  }
  if (!options.writesDocs || options.only.length > 0) await measureAll(options, args);
  if (options.writesDocs) writeDocs(options);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
