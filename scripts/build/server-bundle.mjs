// The server as JavaScript in a few files. Read from source, Node strips the types of some hundred files
// and all of drizzle at each start, which takes two seconds and four times the memory.
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { PlainError } from "../setup/plain-error.mjs";
import { filesBeside } from "./files-beside.mjs";

/**
 * What Node is to be started with. The young generation of the heap grows from 1 MiB by itself, but
 * late: under load a third more time would go to collecting garbage, and messages wait for that. It
 * grows to 32, which gains nothing more and is never given back.
 */
export const serverFlags = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

/** What is started: the program and its threads. */
const entries = ["server/main.ts", "server/writer-thread.ts", "server/security/argon2-thread.ts"];
/** They have code for the machine beside them, which they look for in their own folder. */
const external = ["better-sqlite3", "@node-rs/argon2"];
/** All that ends up in the bundle, and what makes it. */
const sources = ["server", "protocol", "migrations", "scripts/build", "package-lock.json"];
/** Bundles that stay: one that is running may still have to read from its own. */
const bundlesKept = 4;
/** Younger than this, another start may still be at work in it. */
const unfinishedMs = 3_600_000;

/**
 * The file to start the server with. It is made where there is none of these very sources yet.
 * @param {string} root the checkout
 * @param {string} folder where bundles are kept
 * @throws PlainError where they cannot be kept there, or the sources are no program
 */
export async function serverBundle(root, folder) {
  const outdir = path.join(folder, `server-${fingerprint(root)}`);
  const main = path.join(outdir, "main.js");
  if (existsSync(main)) return main;
  try {
    await make(root, outdir);
  } catch (error) {
    throw new PlainError(reasonOf(error, folder), { cause: error });
  }
  forgetOld(folder, outdir);
  return main;
}

function reasonOf(error, folder) {
  // Of the file system, and not of the compiler.
  if (error.syscall === undefined) return `The server could not be built: ${error.message}`;
  return `The server is built into ${folder}, which failed: ${error.message}. Start it as a user who may write there, and with space on that disk.`;
}

async function make(root, outdir) {
  const folder = path.dirname(outdir);
  mkdirSync(folder, { recursive: true });
  // Made under another name, so that nobody ever starts half of one.
  const unfinished = path.join(folder, `unfinished-${randomUUID()}`);
  try {
    await bundle(root, unfinished);
    toDisk(unfinished);
    moveTo(outdir, unfinished);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** What has its final name is never looked into again, so after a power cut it must not be empty. */
function toDisk(place) {
  const isFolder = statSync(place).isDirectory();
  if (isFolder) for (const name of readdirSync(place)) toDisk(path.join(place, name));
  const isWindows = process.platform === "win32";
  // Windows opens no folders, and syncs only what may be written; elsewhere a copy may be read-only.
  if (isFolder && isWindows) return;
  const file = openSync(place, isWindows ? "r+" : "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

async function bundle(root, outdir) {
  const from = entries.map((entry) => path.join(root, entry));
  await build({
    absWorkingDir: root,
    entryPoints: from,
    entryNames: "[name]",
    chunkNames: "part-[hash]",
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.12",
    external,
    // Nothing is minified, so that errors name functions as the source does. `keepNames` would define
    // the name of every function anew whenever one is made.
    sourcemap: "linked",
    sourcesContent: false,
    // What is wrong is in the error that it throws.
    logLevel: "silent",
    plugins: [filesBeside({ root, outdir, entries: from })],
    // Packages in CommonJS ask for what Node brings by `require`, which modules do not have.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
  });
}

/** Somebody else may have been quicker with the same. */
function moveTo(outdir, unfinished) {
  try {
    renameSync(unfinished, outdir);
  } catch (error) {
    if (!existsSync(path.join(outdir, "main.js"))) throw error;
  }
}

function fingerprint(root) {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of filesOf(path.join(root, source))) {
      const bytes = readFileSync(file);
      hash.update(`${path.relative(root, file)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function filesOf(place) {
  if (statSync(place).isFile()) return [place];
  const found = readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => name !== "test" && name !== "node_modules" && !name.includes(".test."))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return found.flatMap((entry) => filesOf(path.join(place, entry.name)));
}

function forgetOld(folder, current) {
  const names = readdirSync(folder);
  const called = (prefix) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => path.join(folder, name));
  const madeAt = new Map();
  for (const dir of [...called("server-"), ...called("unfinished-")]) {
    madeAt.set(dir, statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  }
  const others = called("server-")
    .filter((dir) => dir !== current)
    .sort((one, other) => madeAt.get(other) - madeAt.get(one));
  const left = called("unfinished-").filter((dir) => Date.now() - madeAt.get(dir) > unfinishedMs);
  for (const dir of [...others.slice(bundlesKept - 1), ...left]) {
    rmSync(dir, { recursive: true, force: true });
  }
}
