import { randomInt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  constants,
  copyFile,
  link,
  readdir,
  readFile,
  rm,
  unlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { codeOf, fromFileError } from "./account-file-error.ts";

/** Says that a session is in use, until it is released or its process is gone. */
export interface SessionLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** When that process began, as the system counts it: numbers of processes are given again. */
  readonly began: string;
}

const TRIES = 10;
const LONGEST_PAUSE_MS = 20;

/**
 * Takes the lock, or undefined if a living process holds it.
 *
 * A holder makes a file of the next free number beside those that dead processes left. Only its
 * owner removes the file of a living one, so of two that got in at once at least the later sees the
 * other when it looks again, and gives way.
 */
export async function takeLock(path: string): Promise<SessionLock | undefined> {
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const before = await locksAt(path);
      if (before.some(({ isHeld }) => isHeld)) return undefined;
      const own = await makeLock(path, 1 + Math.max(0, ...before.map(({ number }) => number)));
      if (own === undefined) continue;
      const others = (await locksAt(path)).filter((lock) => lock.path !== own);
      if (others.every(({ isHeld }) => !isHeld)) {
        for (const { path: left } of others) await rm(left, { force: true });
        return { release: () => rm(own, { force: true }) };
      }
      await unlink(own);
      await delay(randomInt(LONGEST_PAUSE_MS));
    }
    return undefined;
  } catch (cause) {
    throw fromFileError(cause, "Locking", path);
  }
}

interface FoundLock {
  readonly path: string;
  readonly number: number;
  readonly isHeld: boolean;
}

async function locksAt(path: string): Promise<readonly FoundLock[]> {
  const folder = dirname(path);
  const prefix = `${basename(path)}-`;
  const found: FoundLock[] = [];
  for (const name of await readdir(folder)) {
    const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (!Number.isSafeInteger(number)) continue;
    const lock = join(folder, name);
    const holder = await readHolder(lock);
    found.push({ path: lock, number, isHeld: holder !== undefined && isAlive(holder) });
  }
  return found;
}

/** The file of this number, or undefined if another process was quicker. */
async function makeLock(path: string, number: number): Promise<string | undefined> {
  const me: Holder = { pid: process.pid, began: beganAt(process.pid) };
  const written = `${path}.${randomUUID()}`;
  const lock = `${path}-${number}`;
  await writeFile(written, JSON.stringify(me), { mode: 0o600, flag: "wx" });
  try {
    return (await isMade(written, lock)) ? lock : undefined;
  } finally {
    await unlink(written);
  }
}

// What file systems without links answer.
const withoutLinks: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EACCES",
]);

/** A link appears whole or not at all, and only one process can make it. */
async function isMade(written: string, lock: string): Promise<boolean> {
  try {
    await link(written, lock).catch((cause: unknown) => {
      if (!withoutLinks.has(codeOf(cause))) throw cause;
      return copyFile(written, lock, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

/** Who made a lock, or undefined if it is gone or says nothing. */
async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    const { pid, began } = JSON.parse(await readFile(lock, "utf8")) as Partial<Holder>;
    const isWhole = pid !== undefined && Number.isInteger(pid) && typeof began === "string";
    return isWhole ? { pid, began } : undefined;
  } catch (error) {
    // Gone meanwhile, or damaged by a crash: no living process leaves either.
    if (error instanceof SyntaxError || codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else's may not be signalled, but it is there.
    if (codeOf(error) !== "EPERM") return false;
  }
  const actual = beganAt(pid);
  return actual === "" || began === "" || actual === began;
}

const DEAD = "dead";

/** When a process began, "" where the system does not tell, `dead` for one that is only not buried yet. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold blanks; the third is the
    // state, the 22nd the time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return DEAD;
    return fields[19] ?? "";
  } catch {
    return "";
  }
}
