// One set-up at a time: `npm start` and `npm test` in two terminals must not both empty node_modules.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { PlainError } from "./plain-error.mjs";

const pollMs = 200;
const patienceMs = 15 * 60_000;

/** Runs `work` while holding the lock folder `dir`; waits for a living holder, clears away a dead one. */
export async function withSetupLock(dir, { say, work }) {
  await take(dir, say);
  try {
    return await work();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function take(dir, say) {
  const deadline = Date.now() + patienceMs;
  for (let told = false; !claim(dir); ) {
    const holder = holderOf(dir);
    if (holder === undefined || !isAlive(holder)) {
      clearAway(dir, holder);
      continue;
    }
    if (!told) say(`another set-up (process ${holder}) is running; waiting for it`);
    told = true;
    if (Date.now() > deadline) {
      throw new PlainError(
        `process ${holder} still holds ${dir}; remove that folder if it is stale`,
      );
    }
    await wait(pollMs);
  }
}

/** The folder comes into being with the pid already inside: a rename either happens whole or fails. */
function claim(dir) {
  const prepared = `${dir}-${process.pid}`;
  mkdirSync(prepared, { recursive: true });
  writeFileSync(path.join(prepared, "pid"), String(process.pid));
  try {
    renameSync(prepared, dir);
    return true;
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    // Which code says "somebody has it" differs per system, so the folder itself is asked.
    if (existsSync(dir) || error.code === "ENOTEMPTY" || error.code === "EEXIST") return false;
    throw error;
  }
}

function holderOf(dir) {
  try {
    return Number(readFileSync(path.join(dir, "pid"), "utf8")) || 0;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error.code === "EPERM"; // somebody else's process: alive, only not ours
  }
}

/** Moves the dead holder's folder aside before deleting, so that two waiters cannot both delete it. */
function clearAway(dir, deadHolder) {
  const aside = `${dir}-stale-${process.pid}`;
  try {
    renameSync(dir, aside);
  } catch (error) {
    if (error.code === "ENOENT") return; // it went by itself
    throw error;
  }
  if (holderOf(aside) !== deadHolder) {
    // Between our look and our move a living process had claimed it: give it back.
    renameSync(aside, dir);
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}
