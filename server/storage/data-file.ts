import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { makeFolder } from "./make-folder.ts";
import { restoreAdvice, StorageError } from "./storage-error.ts";

const magic = "SQLite format 3\0";

/** File systems on which SQLite's locks and shared memory do not hold, by their number on Linux. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x564c, "NCP"],
]);

/**
 * Makes sure that `file` is a place for a database that nobody else on the machine can read, and
 * makes it (and its folder) if it is missing and may be made. What is there is never changed.
 * @throws StorageError where it is not fit
 */
export function prepareDataFile(file: string, create: boolean): void {
  refuseUnfinishedRestore(file);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined) checkFound(file, found);
  else if (create) createEmpty(file);
  else throw new StorageError(`${file} does not exist. With mode=rwc in its URL it is made.`);
  checkFileSystem(path.dirname(path.resolve(file)));
}

/** Where the restored database waits until the one that was there is out of its way. */
export function unfinishedRestore(file: string): string {
  return `${file}.restoring`;
}

function refuseUnfinishedRestore(file: string): void {
  const waiting = unfinishedRestore(file);
  if (!existsSync(waiting)) return;
  throw new StorageError(
    `Restoring ${file} was interrupted. Say it again: lair-chat-server restore BACKUP ` +
      `(${waiting} is what it was to become, and ${file}.before-restore-* what was there).`,
  );
}

/** Makes an empty file, with its folder, that is its owner's alone. @throws StorageError where there is one */
export function createPrivate(file: string): void {
  try {
    makeFolder(path.dirname(path.resolve(file)));
    // SQLite gives the files beside it the same mode as this one.
    closeSync(openSync(file, "ax", 0o600));
  } catch (cause) {
    throw new StorageError(`${file} cannot be made: ${String(cause)}`, { cause });
  }
}

/** @throws StorageError where there is no file, or one that is no database */
export function checkIsDatabase(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new StorageError(`${file} does not exist.`);
  if (!found.isFile()) throw new StorageError(`${file} is not a file.`);
  if (!startsAsDatabase(file)) throw new StorageError(`${file} is not an SQLite database.`);
}

function createEmpty(file: string): void {
  refuseOrphans(file);
  createPrivate(file);
}

function checkFound(file: string, found: Stats): void {
  if (!found.isFile()) throw new StorageError(`${file} is not a file.`);
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    throw new StorageError(
      `${file} holds secrets and can be used by others (mode ${octal(found.mode)}). ` +
        `Say: chmod 600 ${file}`,
    );
  }
  if (found.size === 0) refuseOrphans(file);
  // With a journal it is as it was before the power went only once SQLite has played that back.
  else if (!startsAsDatabase(file) && !hasJournal(file)) {
    throw new StorageError(
      `${file} is not an SQLite database, or is damaged. It was left as it is. ${restoreAdvice}`,
    );
  }
}

/** A WAL without its database is what is left of one: an empty database over it would destroy it. */
function refuseOrphans(file: string): void {
  const wal = `${file}-wal`;
  if (!existsSync(wal) || statSync(wal).size === 0) return;
  throw new StorageError(
    `${file} is missing or empty, but ${wal} is not: the database was moved or lost. ` +
      "Put it back, or restore a backup, or move that file away.",
  );
}

/** Whether a transaction was cut off in the middle, outside of the WAL: when a database was being made. */
export function hasJournal(file: string): boolean {
  return existsSync(`${file}-journal`);
}

function startsAsDatabase(file: string): boolean {
  const start = Buffer.alloc(magic.length);
  const handle = openForReading(file);
  try {
    readSync(handle, start, 0, start.length, 0);
  } finally {
    closeSync(handle);
  }
  return start.toString("latin1") === magic;
}

function openForReading(file: string): number {
  try {
    return openSync(file, "r");
  } catch (cause) {
    throw new StorageError(`${file} cannot be read: ${String(cause)}`, { cause });
  }
}

function checkFileSystem(folder: string): void {
  if (process.platform !== "linux") return;
  const name = networkFileSystems.get(statfsSync(folder).type >>> 0);
  if (name === undefined) return;
  throw new StorageError(
    `${folder} is on a network file system (${name}), on which SQLite loses data. Use a local disk.`,
  );
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
