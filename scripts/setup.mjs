// Makes a fresh or outdated checkout ready, and says which Node runs it.
// No dependencies and no syntax newer than Node 20.11: a fresh clone has nothing better yet.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installedAsLocked } from "./setup/installed-as-locked.mjs";
import { npm } from "./setup/npm.mjs";
import { withSetupLock } from "./setup/one-at-a-time.mjs";
import { pinnedNode, standInNode } from "./setup/pinned-node.mjs";
import { PlainError } from "./setup/plain-error.mjs";

/** The folder of this checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const at = (...parts) => path.join(root, ...parts);
const stampFile = at("node_modules", ".lair-setup");
const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** Installs what package-lock.json lists unless that is done already; resolves to the Node to run. */
export async function ensureSetup() {
  const done = readStamp();
  if (done !== undefined) return done;
  mkdirSync(at(".cache"), { recursive: true });
  // Whoever held the lock may have done the work, so the stamp is read again under it.
  const lock = { say, work: async () => readStamp() ?? (await setUp()) };
  return withSetupLock(at(".cache", "setup-lock"), lock);
}

/** Runs `work`; a PlainError or a plain system error becomes one line and exit code 1. */
export async function orExplain(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PlainError) && typeof error?.syscall !== "string") throw error;
    process.stderr.write(`lair-chat: ${error.message}\n`);
    process.exit(1);
  }
}

/** What the installed packages depend on: the lock file and the kind of machine. */
function fingerprint() {
  return createHash("sha256")
    .update(readFileSync(at("package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
}

/** The Node that the last set-up chose, if that set-up still holds. */
function readStamp() {
  if (!existsSync(stampFile)) return undefined;
  const [hash, node = ""] = readFileSync(stampFile, "utf8").split("\n");
  const exe = path.resolve(root, node);
  return hash === fingerprint() && node !== "" && existsSync(exe) ? exe : undefined;
}

async function setUp() {
  if (!existsSync(at("package-lock.json"))) throw new PlainError(`no package-lock.json in ${root}`);
  if (!installedAsLocked(root)) await install();
  const exe = await chooseNode();
  // Relative inside the checkout, so that a moved checkout stays set up.
  const inside = exe.startsWith(root + path.sep) ? path.relative(root, exe) : exe;
  writeFileSync(stampFile, `${fingerprint()}\n${inside}`);
  return exe;
}

async function install() {
  say("installing what package-lock.json lists, Node included (about 150 MB, only this once)");
  const started = Date.now();
  // A running node.exe cannot be deleted on Windows, which `npm ci` would try from inside node_modules.
  const running = [process.execPath, process.env.npm_node_execpath ?? ""];
  const inside = running.some((exe) => exe.startsWith(at("node_modules") + path.sep));
  const verb = process.platform === "win32" && inside ? ["install", "--no-save"] : ["ci"];
  await npm(verb, root);
  say(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function chooseNode() {
  const pinned = pinnedNode(root);
  if (pinned.exe !== undefined) return pinned.exe;
  // npm linked it as `node` all the same; left there, every `npx` in this checkout would trip over it.
  for (const name of ["node", "node.cmd", "node.ps1"]) {
    rmSync(at("node_modules", ".bin", name), { force: true });
  }
  return standInNode({ root, say, why: pinned.why });
}
