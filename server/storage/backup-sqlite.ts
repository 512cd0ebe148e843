import { existsSync, linkSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { checkIsDatabase, createPrivate } from "./data-file.ts";
import { sqliteFault } from "./sqlite-errors.ts";
import { StorageError } from "./storage-error.ts";
import { syncToDisk } from "./sync-to-disk.ts";
import { type VerifyReport, verifySqlite } from "./verify-sqlite.ts";

export interface BackupOptions {
  /** The database; the server may be writing to it. */
  readonly file: string;
  /** Where the copy goes. */
  readonly target: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/** One step copies all: between two steps a server that writes would make it begin again. */
const allPages = 0x7fff_ffff;

/**
 * Copies a database while it is in use, looks the copy through, and only then gives it its name:
 * a single file for nobody but its owner.
 * @throws StorageError when there is something already, no space, or the copy is not in order
 */
export async function backupSqlite(options: BackupOptions): Promise<VerifyReport> {
  const { file, target, force } = options;
  checkIsDatabase(file);
  refuseOwnFiles(file, target);
  if (!force && existsSync(target)) throw new StorageError(alreadyThere(target));
  const unfinished = `${target}.${process.pid}.part`;
  try {
    rmSync(unfinished, { force: true });
    createPrivate(unfinished);
    await copy(file, unfinished);
    const report = verifySqlite(unfinished);
    demandInOrder(file, report);
    syncToDisk(unfinished);
    giveName(unfinished, target, force);
    syncToDisk(path.dirname(path.resolve(target)));
    return { ...report, file: target };
  } catch (error) {
    throw explained(target, error);
  } finally {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) {
      rmSync(`${unfinished}${suffix}`, { force: true });
    }
  }
}

const alreadyThere = (target: string) =>
  `${target} exists already. Name another file, or say --force to replace it.`;

/** What lies beside the database under its name belongs to it. */
function refuseOwnFiles(file: string, target: string): void {
  const own = ["", "-wal", "-shm", "-journal", ".lock", ".reserve"].map((suffix) =>
    path.resolve(`${file}${suffix}`),
  );
  if (!own.includes(path.resolve(target))) return;
  throw new StorageError(`${target} is the database itself. Name another file for the copy.`);
}

async function copy(file: string, target: string): Promise<void> {
  const source = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    await source.backup(target, { progress: () => allPages });
  } finally {
    source.close();
  }
  // So that it is one file that can be read where nothing can be written.
  const copied = new Sqlite(target, { fileMustExist: true });
  try {
    copied.pragma("journal_mode = DELETE");
  } finally {
    copied.close();
  }
}

function demandInOrder(file: string, { problems, problemCount }: VerifyReport): void {
  if (problemCount === 0) return;
  throw new StorageError(
    `${file} is damaged, so there is no backup of it (${problemCount} problems): ` +
      `${problems.join("; ")}. Keep it as it is, and restore the newest backup that is in order.`,
  );
}

function giveName(unfinished: string, target: string, force: boolean): void {
  if (force) {
    renameSync(unfinished, target);
    return;
  }
  try {
    // Unlike renaming, this never replaces what somebody else has put there meanwhile.
    linkSync(unfinished, target);
  } catch (cause) {
    if (existsSync(target)) throw new StorageError(alreadyThere(target), { cause });
    // A file system without links.
    renameSync(unfinished, target);
  }
}

function explained(target: string, cause: unknown): unknown {
  if (cause instanceof StorageError) return cause;
  const isFull = sqliteFault(cause) === "full" || hasCode(cause, "ENOSPC");
  if (isFull) return new StorageError(`There is no space for ${target}.`, { cause });
  return new StorageError(`${target} cannot be written: ${String(cause)}`, { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
