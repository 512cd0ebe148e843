// node scripts/check.ts [STEP...]: everything that must hold beside the tests. All steps run, even
// after one has failed, so that one run shows all there is to mend.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

const bin = (name: string, file: string) => `node_modules/${name}/${file}`;

// Each step is one program run by this very Node; its output is shown only when it fails.
const steps: Readonly<Record<string, readonly string[]>> = {
  lint: [
    bin("@biomejs/biome", "bin/biome"),
    "check",
    "--error-on-warnings",
    "--max-diagnostics=none",
    "--colors=off",
    ".",
  ],
  types: [bin("typescript", "bin/tsc"), "-p", ".", "--pretty", "false"],
  dependencies: ["scripts/check/dependencies.ts"],
  unused: [bin("knip", "bin/knip.js"), "--no-progress"],
  docs: ["scripts/generate-docs.ts", "--check"],
  lockfile: ["scripts/lock-check.mjs"],
};

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

function runStep(command: readonly string[]): Promise<Outcome> {
  const script = command[0] ?? "";
  if (!existsSync(script)) {
    return Promise.resolve({ ok: false, output: `${script} does not exist` });
  }
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString("utf8").trim() });
    });
  });
}

async function report(name: string, command: readonly string[]): Promise<boolean> {
  const started = performance.now();
  const { ok, output } = await runStep(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? "ok    " : "FAILED"} ${name.padEnd(12)} ${seconds.padStart(6)} s`);
  if (!ok) console.log(`\n${output}\n`);
  return ok;
}

function chosenSteps(names: readonly string[]): readonly [string, readonly string[]][] {
  const unknown = names.filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0) {
    console.error(
      `no such step: ${unknown.join(", ")}; there are ${Object.keys(steps).join(", ")}`,
    );
    process.exit(2);
  }
  return Object.entries(steps).filter(([name]) => names.length === 0 || names.includes(name));
}

const chosen = chosenSteps(process.argv.slice(2));
const failed: string[] = [];
for (const [name, command] of chosen) {
  if (!(await report(name, command))) failed.push(name);
}
console.log(
  failed.length === 0
    ? `all ${chosen.length} checks passed`
    : `${failed.length} of ${chosen.length} checks failed: ${failed.join(", ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
