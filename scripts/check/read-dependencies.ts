import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const folders = ["protocol", "server", "client", "scripts", "migrations"];

/** One broken rule of scripts/dependency-rules.cjs. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What dependency-cruiser saw below one checkout; all paths relative to it. */
export interface Dependencies {
  readonly modules: readonly string[];
  readonly violations: readonly Violation[];
}

interface CruiseReport {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Reads who imports whom below `checkout` and holds it against the checkout's own rules. */
export async function readDependencies(checkout: string): Promise<Dependencies> {
  const cruiser = path.join("node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const present = folders.filter((folder) => existsSync(path.join(checkout, folder)));
  const rules = ["--config", "scripts/dependency-rules.cjs", "--output-type", "json"];
  // With JSON the exit code says nothing about violations; one that is not 0 is a real failure.
  const { stdout } = await promisify(execFile)(process.execPath, [cruiser, ...rules, ...present], {
    cwd: checkout,
    maxBuffer: 256 * 1024 * 1024,
  });
  const report = JSON.parse(stdout) as CruiseReport;
  return {
    modules: report.modules.map(({ source }) => source),
    violations: report.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
    })),
  };
}
