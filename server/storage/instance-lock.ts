import { closeSync, existsSync, openSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { makeFolder } from "./make-folder.ts";
import { StorageError } from "./storage-error.ts";

/** The right to write to a database, held by one process at a time. */
export interface InstanceLock {
  [Symbol.dispose](): void;
}

/** Who writes, as the others are told. */
interface Holder {
  readonly pid: number;
  readonly purpose: string;
}

/** Somebody else writes to the database. */
export class DatabaseInUse extends StorageError {
  readonly holder: Holder | undefined;

  constructor(file: string, holder: Holder | undefined, options?: ErrorOptions) {
    const who =
      holder === undefined ? "another process" : `${holder.purpose}, process ${holder.pid}`;
    super(`${file} is in use by ${who}. Stop that first.`, options);
    this.name = "DatabaseInUse";
    this.holder = holder;
  }
}

/**
 * Takes the lock beside the database `file`. It is the operating system's lock on a small SQLite
 * file: it ends with the process however that ends, so there is nothing stale to recognise.
 * @param purpose what the holder is, for those who find the lock taken
 * @throws DatabaseInUse
 */
export function takeInstanceLock(file: string, purpose: string): InstanceLock {
  const db = openLockFile(`${file}.lock`);
  try {
    db.exec("begin immediate");
    db.exec("create table if not exists holder (pid integer not null, purpose text not null)");
    db.exec("delete from holder");
    db.prepare("insert into holder values (?, ?)").run(process.pid, purpose);
    db.exec("commit");
    // Never committed: this is the lock. Others can still read who has it.
    db.exec("begin immediate");
  } catch (error) {
    const refusal = explained(db, file, error);
    db.close();
    throw refusal;
  }
  return { [Symbol.dispose]: () => void db.close() };
}

function explained(db: Sqlite.Database, file: string, cause: unknown): StorageError {
  const isTaken = cause instanceof Sqlite.SqliteError && cause.code.startsWith("SQLITE_BUSY");
  if (isTaken) return new DatabaseInUse(file, readHolder(db), { cause });
  return new StorageError(`${file}.lock cannot be used: ${String(cause)}`, { cause });
}

function openLockFile(name: string): Sqlite.Database {
  try {
    makeFolder(path.dirname(name));
    makeIfMissing(name);
    const db = new Sqlite(name, { timeout: 0 });
    // What is in it matters to nobody after a crash.
    db.pragma("synchronous = OFF");
    return db;
  } catch (cause) {
    throw new StorageError(`${name} cannot be opened: ${String(cause)}`, { cause });
  }
}

/** Never opened when it is there: closing it again would give up a lock of this process. */
function makeIfMissing(name: string): void {
  if (!existsSync(name)) closeSync(openSync(name, "a", 0o600));
}

function readHolder(db: Sqlite.Database): Holder | undefined {
  try {
    return db.prepare<[], Holder>("select pid, purpose from holder").get();
  } catch {
    // It is being written just now; that it is taken is known all the same.
    return undefined;
  }
}
