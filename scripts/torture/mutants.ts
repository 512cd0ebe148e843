import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Mutant, mutants } from "./mutant-list.ts";
import { type TortureOptions, UsageError } from "./options.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What of the checkout a server and its torture are made of. */
const copied = ["protocol", "server", "migrations", "scripts"];
const tries = 4;

/** Breaks copies of the server, one after the other, and tortures each until it is caught. True if all are. */
export async function runMutants(
  options: Pick<TortureOptions, "seed" | "mutants" | "keeps">,
  say: (line: string) => void,
): Promise<boolean> {
  const chosen = mutants.filter(
    ({ name }) => options.mutants.length === 0 || options.mutants.includes(name),
  );
  if (chosen.length === 0) {
    throw new UsageError(`--mutant knows ${mutants.map(({ name }) => name).join(", ")}`);
  }
  const escaped: string[] = [];
  for (const mutant of chosen) {
    if (!(await isCaught(mutant, options, say))) escaped.push(mutant.name);
  }
  const caught = chosen.length - escaped.length;
  const rest = escaped.length === 0 ? "" : `; NOT caught: ${escaped.join(", ")}`;
  say(`${caught} of ${chosen.length} mutants caught${rest}`);
  return escaped.length === 0;
}

async function isCaught(
  mutant: Mutant,
  { seed, keeps }: Pick<TortureOptions, "seed" | "keeps">,
  say: (line: string) => void,
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "lair-chat-mutant-"));
  const forget = () => keeps || rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget);
  try {
    copyCheckout(folder);
    for (const change of mutant.changes) applyChange(folder, change);
    for (let number = 0; number < tries; number += 1) {
      const caughtBy = await torture(folder, mutant, seed + number);
      if (caughtBy === undefined) continue;
      say(`caught ${mutant.name} (${mutant.about}): ${caughtBy}`);
      return true;
    }
    say(`NOT caught in ${tries} runs: ${mutant.name}`);
    return false;
  } finally {
    process.off("exit", forget);
    forget();
    if (keeps) say(`kept in ${folder}`);
  }
}

/** Packages are shared with this checkout; our own among them must be the copy's. */
function copyCheckout(folder: string): void {
  for (const name of [...copied, "package.json"]) {
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (source) => !source.endsWith("node_modules"),
    });
  }
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@lair-chat"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@lair-chat") symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  symlinkSync(join(folder, "protocol"), join(modules, "@lair-chat", "protocol"));
}

/** @throws Error when the text is not there exactly once: the mutant has to be mended then */
function applyChange(folder: string, { file, from, to }: Mutant["changes"][number]): void {
  const path = join(folder, file);
  const parts = readFileSync(path, "utf8").split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} holds ${parts.length - 1} times what a mutant changes: ${from}`);
  }
  writeFileSync(path, parts.join(to));
}

/** What it was caught by; undefined if nothing was noticed. */
async function torture(folder: string, mutant: Mutant, seed: number): Promise<string | undefined> {
  const out = join(folder, "torture.json");
  const args = [
    join(folder, "scripts", "torture", "main.ts"),
    ...["--seed", String(seed), "--out", out],
    ...mutant.torture,
  ];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const stop = () => child.kill();
  process.once("exit", stop);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const [code] = (await once(child, "close")) as [number | null];
  process.off("exit", stop);
  if (code === 0) return undefined;
  const ledger = readLedger(out);
  if (ledger === undefined) throw new Error(`the torture of ${mutant.name} broke off:\n${said}`);
  const found = mutant.caughtAs.filter((kind) => ledger[kind] > 0);
  if (found.length === 0) return undefined;
  return found.map((kind) => `${kind} ${ledger[kind]}`).join(", ");
}

function readLedger(
  out: string,
): (Readonly<Record<string, number>> & Record<Mutant["caughtAs"][number], number>) | undefined {
  try {
    return JSON.parse(readFileSync(out, "utf8"));
  } catch {
    return undefined;
  }
}
