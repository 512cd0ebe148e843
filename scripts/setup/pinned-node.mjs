// Which Node runs this checkout: the pinned one from the registry, or what must do in its place.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { npm } from "./npm.mjs";
import { PlainError } from "./plain-error.mjs";

const oldestStandIn = 24; // the first that runs TypeScript sources as they are
const windows = process.platform === "win32";
const system = `${windows ? "win" : process.platform}-${process.arch}`;
const binary = path.join("bin", windows ? "node.exe" : "node");

/** The pinned Node as `{ exe }`, or `{ why }` it cannot run here. */
export function pinnedNode(root) {
  // Apple silicon's package is named unlike all the others.
  const packages = [`node-${system}`, `node-bin-${system}`];
  const exes = packages.map((name) => path.join(root, "node_modules", name, binary));
  const exe = exes.find((file) => existsSync(file));
  return exe === undefined ? { why: `there is no build for ${system}` } : tryOut(exe);
}

/**
 * A Node for machines where the pinned one does not start: the system's own if new enough, else
 * (Node 26 for Linux wants libatomic.so.1, which minimal systems lack) an older build that does not.
 */
export async function standInNode({ root, why, say }) {
  if (Number.parseInt(process.versions.node, 10) >= oldestStandIn) return process.execPath;
  const mend = `install Node ${oldestStandIn} or newer, or on Debian and Ubuntu: apt-get install libatomic1`;
  const fallback = readFallback(root);
  if (fallback === undefined) throw new PlainError(`the pinned Node does not run: ${why}; ${mend}`);
  const dir = path.join(root, ".cache", "node-fallback");
  const exe = path.join(dir, "node_modules", fallback.name, binary);
  if (tryOut(exe).version !== `v${fallback.version}`) {
    say(
      `the pinned Node does not run here (${why}); fetching Node ${fallback.version} to stand in`,
    );
    await fetchInto(dir, fallback);
  }
  const tried = tryOut(exe);
  if (tried.exe === undefined) throw new PlainError(`neither Node runs: ${tried.why}; ${mend}`);
  return tried.exe;
}

/** The stand-in that scripts/node-runtime names for this system, if there is one that could run. */
function readFallback(root) {
  const file = path.join(root, "scripts", "node-runtime", "package.json");
  const { version, integrity } = JSON.parse(readFileSync(file, "utf8")).fallback;
  const name = `node-${system}`;
  return Object.hasOwn(integrity, name) && usesGlibc()
    ? { name, version, integrity: integrity[name] }
    : undefined;
}

/** Every build in the registry is linked against glibc, so on Alpine a download would be wasted. */
function usesGlibc() {
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}

/** The lock file written here makes npm itself refuse a download with another checksum. */
async function fetchInto(dir, { name, version, integrity }) {
  const dependencies = { [name]: version };
  const lock = {
    lockfileVersion: 3,
    packages: { "": { dependencies }, [`node_modules/${name}`]: { version, integrity } },
  };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  writeFileSync(path.join(dir, "package-lock.json"), JSON.stringify(lock));
  await npm(["ci"], dir);
}

function tryOut(exe) {
  const { status, error, stdout, stderr } = spawnSync(exe, ["--version"], { encoding: "utf8" });
  if (status === 0) return { exe, version: stdout.trim() };
  return { why: error?.message ?? (stderr.trim().split("\n")[0] || `it ended with ${status}`) };
}
