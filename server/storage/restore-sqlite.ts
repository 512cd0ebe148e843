import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { createPrivate, unfinishedRestore } from "./data-file.ts";
import { replaceLogId } from "./log-id.ts";
import { StorageError } from "./storage-error.ts";
import { syncToDisk } from "./sync-to-disk.ts";
import { type VerifyReport, verifySqlite } from "./verify-sqlite.ts";

export interface RestoreOptions {
  /** What is restored. */
  readonly backup: string;
  /** The database that it becomes; its lock is held by the caller. */
  readonly file: string;
  readonly newLogId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Restored {
  readonly report: VerifyReport;
  /** Where the database went that was there; undefined when there was none. */
  readonly keptAs: string | undefined;
  readonly sessionsEnded: number;
}

/**
 * Puts a backup in the place of the database, which is kept beside it. The restored one is another
 * history than the one it was taken from: clients are told so by its new id. All sessions in it end,
 * since nobody knows which of them were ended after it was taken.
 * @throws StorageError when the backup is not in order; then nothing was changed
 */
export function restoreSqlite(options: RestoreOptions): Restored {
  const { backup, file, newLogId, now } = options;
  if (path.resolve(backup) === path.resolve(file)) {
    throw new StorageError(`${backup} is the database itself; name the backup to restore.`);
  }
  const report = verifySqlite(backup);
  if (report.problemCount > 0) throw new StorageError(notInOrder(report));
  const part = `${file}.restore.part`;
  try {
    copyTo(backup, part);
    const sessionsEnded = makeAnother(part, newLogId, now);
    syncToDisk(part);
    const keptAs = switchTo(part, file, now);
    return { report, keptAs, sessionsEnded };
  } finally {
    rmSync(part, { force: true });
  }
}

function notInOrder({ file, problems, problemCount }: VerifyReport): string {
  return (
    `${file} is not in order (${problemCount} problems), so it was not restored: ` +
    `${problems.join("; ")}. Nothing was changed.`
  );
}

/** Together with what was written to it since, in case it is no backup but a database put aside. */
function copyTo(backup: string, part: string): void {
  try {
    rmSync(part, { force: true });
    createPrivate(part);
    const source = new Sqlite(backup, { readonly: true, fileMustExist: true });
    try {
      source.prepare("vacuum into ?").run(part);
    } finally {
      source.close();
    }
  } catch (cause) {
    throw new StorageError(`${part} cannot be written: ${String(cause)}`, { cause });
  }
}

/** Gives the copy what makes it a history of its own. @returns how many sessions ended */
function makeAnother(part: string, newLogId: string, now: number): number {
  const client = new Sqlite(part, { fileMustExist: true });
  try {
    client.pragma("synchronous = FULL");
    client.pragma("foreign_keys = ON");
    const sessionsEnded = client.transaction(() => {
      replaceLogId(client, newLogId);
      client.prepare("delete from refresh_tokens").run();
      const end = client.prepare("update sessions set revoked_at = ? where revoked_at is null");
      return end.run(now).changes;
    })();
    // What only looks at it before its first start can't change that.
    client.pragma("journal_mode = WAL");
    return sessionsEnded;
  } finally {
    client.close();
  }
}

/**
 * From here on a server refuses to start until all of this is done, or restoring is said again:
 * it must never find the one database with the WAL of the other, or none and make a new one.
 */
function switchTo(part: string, file: string, now: number): string | undefined {
  const folder = path.dirname(path.resolve(file));
  const ready = unfinishedRestore(file);
  renameSync(part, ready);
  syncToDisk(folder);
  const kept = `${file}.before-restore-${new Date(now).toISOString().replaceAll(":", "-")}`;
  let found = false;
  for (const suffix of ["-wal", "-shm", ""]) {
    if (!existsSync(`${file}${suffix}`)) continue;
    renameSync(`${file}${suffix}`, `${kept}${suffix}`);
    found = true;
  }
  syncToDisk(folder);
  renameSync(ready, file);
  syncToDisk(folder);
  return found ? kept : undefined;
}
