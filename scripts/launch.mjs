// The things that can be started here, and how. run.mjs and the two bin.js come through here.
import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { savedTerminal } from "./setup/saved-terminal.mjs";
import { waitFor } from "./setup/wait-for.mjs";
import { ensureSetup, orExplain, root } from "./setup.mjs";
import { testArguments } from "./test.mjs";

const file = (...parts) => path.join(root, ...parts);
// As an address: Node would look for a path beside the caller's directory.
const tsx = ["--import", pathToFileURL(file("scripts", "tsx-hook.mjs")).href];

// The server and the client stay in the caller's directory, because their files are the caller's.
const tasks = {
  server: { node: async (args) => [...(await builtServer()), ...args] },
  client: {
    node: (args) => [...tsx, file("client", "main.tsx"), ...args],
    // React's development build is several times slower at drawing.
    env: { NODE_ENV: process.env.NODE_ENV || "production" },
    // It has the keyboard to itself: Ctrl-C comes to it as a key, and a signal from somewhere else.
    ownsTerminal: true,
  },
  test: {
    node: (args) => [...tsx, ...testArguments(root, args)],
    // Set when a test has started us; this test run would then report to the outer one.
    env: { NODE_TEST_CONTEXT: undefined },
    cwd: root,
  },
  check: { node: (args) => [file("scripts", "check.ts"), ...args], cwd: root },
  // Writes the migration that brings the database to what server/storage/schema says.
  "db:generate": {
    node: (args) => [
      file("node_modules", "drizzle-kit", "bin.cjs"),
      "generate",
      "--config",
      file("scripts", "drizzle-sqlite.config.ts"),
      ...args,
    ],
    cwd: root,
  },
  docs: { node: (args) => [file("scripts", "generate-docs.ts"), ...args], cwd: root },
  // Breaks what it can reach of a server; see docs/torture.md. Its ledger goes where the caller is.
  torture: { node: (args) => [file("scripts", "torture", "main.ts"), ...args] },
  // Load on the server and what stands beside it; see docs/PERFORMANCE.md.
  bench: { node: (args) => [file("scripts", "bench", "main.ts"), ...args], cwd: root },
};

/** What builds it is installed by the set-up, so it is loaded only now. */
async function builtServer() {
  const { serverBundle, serverFlags } = await import("./build/server-bundle.mjs");
  return [...serverFlags, await serverBundle(root, file(".cache", "bundles"))];
}

/** Sets the checkout up if need be, runs one task with the pinned Node and ends the way it ended. */
export async function launch(name, args) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    console.error(`usage: node scripts/run.mjs ${Object.keys(tasks).join("|")} [arguments]`);
    process.exit(2);
  }
  const { ownsTerminal = false } = task;
  const restoreTerminal = ownsTerminal ? savedTerminal() : () => {};
  const ended = await orExplain(async () => {
    const node = await ensureSetup();
    const env = { ...process.env, ...task.env };
    const child = spawn(node, await task.node(args), { stdio: "inherit", env, cwd: task.cwd });
    return waitFor(child, { isAlwaysTold: ownsTerminal });
  });
  // Whatever the signal was, the child had no time to tidy up.
  if (ended.signal !== null) restoreTerminal();
  // Ended by a signal: end by the same one, so that a shell or supervisor sees the truth.
  if (ended.signal !== null) process.kill(process.pid, ended.signal);
  process.exitCode = ended.code ?? 1;
}
