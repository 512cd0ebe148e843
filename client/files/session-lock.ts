import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { constants, copyFile, link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { codeOf, fromFileError } from "./account-file-error.ts";

/** Says that a session is in use, until it is released or its process is gone. */
export interface SessionLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** When that process began, as the system counts it: numbers of processes are given again. */
  readonly began: string;
  readonly token: string;
}

/** Takes the lock, or undefined if a living process holds it. */
export async function takeLock(path: string): Promise<SessionLock | undefined> {
  const me: Holder = { pid: process.pid, began: beganAt(process.pid), token: randomUUID() };
  const own = `${path}.${me.token}`;
  try {
    await writeFile(own, JSON.stringify(me), { mode: 0o600, flag: "wx" });
    try {
      const taken =
        (await linked(own, path)) || ((await removeStale(path)) && (await linked(own, path)));
      return taken ? { release: () => release(path, me) } : undefined;
    } finally {
      await unlink(own);
    }
  } catch (cause) {
    throw fromFileError(cause, "Locking", path);
  }
}

/** A link appears whole or not at all, and only one process can make it. */
async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    if (!withoutLinks.has(codeOf(cause))) throw cause;
    return copied(own, path);
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

async function copied(own: string, path: string): Promise<boolean> {
  try {
    await copyFile(own, path, constants.COPYFILE_EXCL);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

/** Removes a lock whose holder is gone; true if the way may be free now. */
async function removeStale(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  if (holder === undefined) return true;
  if (holder !== "unreadable" && isAlive(holder)) return false;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return true;
    throw cause;
  }
  // Between reading and renaming another process may have done the same and taken the lock.
  const moved = await readHolder(aside);
  const before = typeof holder === "object" ? holder.token : "";
  const isAnother = typeof moved === "object" && moved.token !== before;
  if (isAnother && isAlive(moved)) {
    await linked(aside, path);
    await unlink(aside);
    return false;
  }
  await unlink(aside);
  return true;
}

async function release(path: string, me: Holder): Promise<void> {
  const holder = await readHolder(path);
  const isOurs = typeof holder === "object" && holder.token === me.token;
  if (isOurs) await unlink(path).catch(() => undefined);
}

async function readHolder(path: string): Promise<Holder | "unreadable" | undefined> {
  try {
    const { pid, began, token } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    const isWhole = Number.isInteger(pid) && typeof began === "string" && typeof token === "string";
    return isWhole ? ({ pid, began, token } as Holder) : "unreadable";
  } catch (cause) {
    return codeOf(cause) === "ENOENT" ? undefined : "unreadable";
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
