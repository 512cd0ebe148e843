// npm started by us, from inside `npm start` or not: with our settings, not with what leaks in.
import { spawn } from "node:child_process";
import { PlainError } from "./plain-error.mjs";
import { waitFor } from "./wait-for.mjs";

const windows = process.platform === "win32";

// Said on the command line because that alone outranks every npmrc and variable a user may have.
const settings = [
  "--ignore-scripts", // nothing here needs an install script: native code comes prebuilt
  "--include=dev",
  "--include=optional",
  "--package-lock=true",
  "--legacy-peer-deps=false",
  "--bin-links=true",
  "--global=false",
  "--audit=false",
  "--fund=false",
  "--loglevel=error", // an old system Node would have npm warn about every package that asks for a newer one
  "--fetch-retry-mintimeout=1000", // a registry that is down should be told within seconds, not minutes
  "--fetch-retry-maxtimeout=10000",
];

// What an outer npm was told about its own run (`npm start -w x --omit=dev`) is not meant for ours.
const leaks =
  /^(NODE_ENV|npm_(package|lifecycle)_.*|npm_config_(workspaces?|include_workspace_root|omit|include|only|also|dev|production|optional|dry_run|prefix|local_prefix|package_lock_only))$/i;

/** Runs npm in `cwd`; rejects with a PlainError when it fails. Its own words go to stderr. */
export async function npm(args, cwd) {
  const child = start([...args, ...settings], cwd);
  const ended = await waitFor(child).catch((cause) => {
    throw new PlainError(`npm could not be started: ${cause.message}`, { cause });
  });
  if (ended.code === 0) return;
  const how = ended.signal === null ? `exit code ${ended.code}` : ended.signal;
  throw new PlainError(
    `npm ${args[0]} failed (${how}; its own words are above). Run the same command again when that is mended.`,
  );
}

function start(args, cwd) {
  const kept = Object.entries(process.env).filter(([name]) => !leaks.test(name));
  const options = { cwd, env: Object.fromEntries(kept), stdio: ["ignore", "ignore", "inherit"] };
  const cli = process.env.npm_execpath ?? "";
  // The npm that called us, by its path; yarn and pnpm set the same variable and are not asked.
  if (/npm-cli\.c?js$/.test(cli)) {
    return spawn(process.env.npm_node_execpath ?? process.execPath, [cli, ...args], options);
  }
  return spawn(windows ? "npm.cmd" : "npm", args, { ...options, shell: windows });
}
