import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..", "..");

/** Of the scripts, beside the files that lie among them. */
const copiedFolders = new Set(["build", "setup", "node-runtime"]);

/** The rest of what a server is built from; `server/main.ts` is the test's. */
const serverParts = {
  "server/writer-thread.ts": "",
  "server/security/argon2-thread.ts": "",
  "protocol/nothing.ts": "",
  "migrations/nothing.sql": "",
};

/** How the stand-in for npm behaves in one run. */
interface FakeNpm {
  /** The program it "installs" as the pinned Node; `null`: one that does not run. */
  readonly node?: string | null;
  /** It goes on only when this file exists. */
  readonly hold?: string;
  readonly fail?: boolean;
}

interface RunOptions {
  readonly npm?: FakeNpm;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started program whose output can be waited for. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has appeared in its output; rejects when it ends without. */
  says(text: string): Promise<void>;
}

/**
 * A checkout in a temporary folder: the real launcher and bin.js, with a server and a client that
 * the test writes, and a stand-in for npm.
 */
export class FakeCheckout implements AsyncDisposable {
  readonly dir: string;
  readonly #log: string;

  private constructor(dir: string) {
    this.dir = dir;
    this.#log = path.join(dir, "npm-calls.jsonl");
  }

  static async create(sources: Readonly<Record<string, string>> = {}): Promise<FakeCheckout> {
    const dir = await realpath(await mkdtemp(path.join(tmpdir(), "lair-chat-checkout-")));
    const checkout = new FakeCheckout(dir);
    await mkdir(path.join(dir, "scripts"));
    for (const name of await readdir(path.join(root, "scripts"))) {
      if (!name.endsWith(".mjs") && !copiedFolders.has(name)) continue;
      await cp(path.join(root, "scripts", name), path.join(dir, "scripts", name), {
        recursive: true,
      });
    }
    await checkout.write("package.json", '{ "private": true, "type": "module" }');
    await cp(path.join(root, "scripts", "test", "fake-npm.cjs"), path.join(dir, "npm-cli.cjs"));
    await checkout.write("package-lock.json", '{ "lockfileVersion": 3, "packages": {} }');
    for (const end of ["client", "server"]) {
      await checkout.write(`${end}/bin.js`, readFileSync(path.join(root, end, "bin.js"), "utf8"));
    }
    if ("server/main.ts" in sources) {
      for (const [name, text] of Object.entries(serverParts)) await checkout.write(name, text);
      await checkout.borrow("esbuild", "@esbuild");
    }
    for (const [name, text] of Object.entries(sources)) await checkout.write(name, text);
    return checkout;
  }

  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.dir, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Makes packages that the real checkout has importable here as well. */
  async borrow(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const link = path.join(this.dir, "node_modules", name);
      await mkdir(path.dirname(link), { recursive: true });
      await symlink(path.join(root, "node_modules", name), link, "junction");
    }
  }

  /** What npm was called with so far, one entry per call. */
  npmCalls(): readonly { args: readonly string[]; cwd: string; [variable: string]: unknown }[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  /** `node scripts/run.mjs …` in this checkout. */
  run(args: readonly string[], options: RunOptions = {}): Running {
    return this.node([path.join(this.dir, "scripts", "run.mjs"), ...args], options);
  }

  /** `node …` with the stand-in for npm in place. */
  node(args: readonly string[], { npm = {}, env = {}, cwd = this.dir }: RunOptions = {}): Running {
    const { NODE_TEST_CONTEXT: _, NODE_ENV: __, ...inherited } = process.env;
    const fake = { log: this.#log, node: process.execPath, ...npm };
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...inherited,
        npm_execpath: path.join(this.dir, "npm-cli.cjs"),
        npm_node_execpath: process.execPath,
        FAKE_NPM: JSON.stringify(fake),
        ...env,
      },
    });
    return follow(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function follow(child: ChildProcess): Running {
  const heard = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      heard[name] += text;
      for (const check of waiting) check();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...heard }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if ((heard.stdout + heard.stderr).includes(text)) resolve();
      };
      waiting.add(check);
      check();
      const missed = () => reject(new Error(`ended without "${text}": ${JSON.stringify(heard)}`));
      ended.then(missed, reject);
    });
  return { child, ended, says };
}
