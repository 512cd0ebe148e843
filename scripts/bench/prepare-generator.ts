import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Generator } from "./generator.ts";

const sources = fileURLToPath(new URL("./loadgen/", import.meta.url));
const nodeGenerator = fileURLToPath(new URL("./node-generator.ts", import.meta.url));

const programs = {
  generator: ["generator.c", "connection.c", "protocols.c", "peers.c"],
  relay: ["relay.c"],
} as const;

/** Ways to build, the best first. */
const builds = [
  { name: "tls", flags: ["-DWITH_TLS"], libraries: ["-lssl", "-lcrypto", "-lm"] },
  { name: "plain", flags: [], libraries: ["-lm"] },
] as const;

/**
 * The load generator, compiled at the first run and kept in `cache`. Without a compiler it is the one
 * in Node, which takes more of the machine it measures: `remarks` says so.
 */
export function prepareGenerator(wanted: "c" | "node", cache: string): Generator {
  if (wanted === "node") return inNode("The load generator in Node was asked for.");
  for (const build of builds) {
    const folder = path.join(cache, `loadgen-${build.name}-${fingerprint()}`);
    if (!isBuilt(folder) && !compile(build, folder)) continue;
    const speaksTls = build.name === "tls";
    return {
      kind: "c",
      command: [path.join(folder, "generator")],
      relay: path.join(folder, "relay"),
      speaksTls,
      remarks: speaksTls ? [] : ["There are no headers of OpenSSL here: TLS was not measured."],
    };
  }
  return inNode(
    "There is no C compiler (cc) here that could build the load generator for this system.",
  );
}

function inNode(why: string): Generator {
  const remark = `${why} The one in Node is slower and takes more of the machine: figures are lower than they would be.`;
  return {
    kind: "node",
    command: [process.execPath, nodeGenerator],
    speaksTls: true,
    relay: undefined,
    remarks: [remark],
  };
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(sources).sort())
    hash.update(readFileSync(path.join(sources, name)));
  return hash.update(process.arch).digest("hex").slice(0, 12);
}

function isBuilt(folder: string): boolean {
  const { error, status } = spawnSync(path.join(folder, "generator"), ["what"], {
    stdio: "ignore",
  });
  // It turns down what it does not understand, and so shows that it runs.
  return error === undefined && status === 2;
}

function compile({ flags, libraries }: (typeof builds)[number], folder: string): boolean {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  for (const [name, files] of Object.entries(programs)) {
    const target = path.join(unfinished, name);
    const inputs = files.map((file) => path.join(sources, file));
    const args = ["-O2", ...flags, "-o", target, ...inputs, ...libraries];
    if (spawnSync("cc", args, { stdio: "ignore" }).status === 0) continue;
    rmSync(unfinished, { recursive: true, force: true });
    return false;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  return isBuilt(folder);
}
