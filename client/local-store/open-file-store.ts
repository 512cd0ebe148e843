import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { AccountFileError, codeOf, fromFileError } from "../files/account-file-error.ts";
import { DamagedContent } from "./damaged-content.ts";
import { migrations } from "./migrations.ts";

export type Connection = Sqlite.Database;

const OTHERS = 0o077;
const hasModes = process.platform !== "win32";
const BUSY_MS = 5_000;
const WAL_BYTES_KEPT = 16 * 1024 * 1024;
// Looking through all of a larger file would be felt at every start.
const CHECKED_BYTES = 32 * 1024 * 1024;
const PARTS = ["", "-wal", "-shm"];

export interface OpenedFile {
  readonly connection: Connection;
  /** Whether others could read it until now. */
  readonly wasOpen: boolean;
}

/**
 * Opens the file, or makes it, brings it to the newest form and looks whether it is whole.
 * @throws AccountFileError; one that is `isDamage` may be put aside
 */
export function openFile(path: string, steps = migrations): OpenedFile {
  const wasOpen = makePrivate(path);
  let connection: Connection | undefined;
  try {
    connection = new Sqlite(path, { timeout: BUSY_MS });
    connection.pragma("journal_mode = WAL");
    connection.pragma("foreign_keys = ON");
    connection.pragma("trusted_schema = OFF");
    connection.pragma("secure_delete = ON");
    connection.pragma("temp_store = MEMORY");
    connection.pragma(`journal_size_limit = ${WAL_BYTES_KEPT}`);
    setSynchronous(connection, "FULL");
    migrate(connection, path, steps);
    check(connection, path);
    return { connection, wasOpen };
  } catch (error) {
    connection?.close();
    throw explained(error, path);
  }
}

/**
 * How much a commit waits for: until it is on the disk, or only until it is in its place. The driver
 * lowers the former to the latter by itself where it may, so it is set each time and read back.
 * @throws AccountFileError
 */
export function setSynchronous(connection: Connection, level: "FULL" | "NORMAL"): void {
  connection.pragma(`synchronous = ${level}`);
  const found = connection.pragma("synchronous", { simple: true });
  if (found !== (level === "FULL" ? 2 : 1)) {
    throw new AccountFileError(
      `The database ${connection.name} cannot be told to wait for the disk (it says ${found}).`,
    );
  }
}

/** Gives a file and what belongs to it another name, which is the answer. @throws AccountFileError */
export function putAside(path: string, suffix: string): string {
  const aside = `${path}.${suffix}`;
  try {
    for (const part of PARTS) {
      if (existsSync(path + part)) renameSync(path + part, aside + part);
    }
  } catch (cause) {
    throw fromFileError(cause, "Renaming", path);
  }
  return aside;
}

export function removeFile(path: string): void {
  try {
    for (const part of PARTS) rmSync(path + part, { force: true });
  } catch (cause) {
    throw fromFileError(cause, "Removing", path);
  }
}

/** The file is not what was written into it: no try will mend that. */
export function isDamage(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(at)) || at instanceof DamagedContent) return true;
  }
  return false;
}

const reasons: readonly (readonly [prefix: string, reason: string])[] = [
  ["SQLITE_FULL", "the disk is full"],
  ["SQLITE_IOERR_WRITE", "the disk is full, or fails"],
  ["SQLITE_IOERR", "the disk fails"],
  ["SQLITE_CORRUPT", "it is damaged"],
  ["SQLITE_NOTADB", "it is damaged"],
  ["SQLITE_READONLY", "it may not be written"],
  ["SQLITE_CANTOPEN", "it cannot be opened"],
  ["SQLITE_BUSY", "another program uses it"],
  ["SQLITE_LOCKED", "another program uses it"],
];

/** What an error of the database means for the person; anything else as it is. */
export function explained(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (error instanceof DamagedContent) {
    return new AccountFileError(`What is kept of your messages is damaged (${path}).`, {
      cause: error,
    });
  }
  if (!code.startsWith("SQLITE_")) return error;
  const reason = reasons.find(([prefix]) => code.startsWith(prefix))?.[1] ?? code;
  return new AccountFileError(
    `Messages cannot be kept on this machine: ${reason} (${path}). Another place can be given with --account-dir.`,
    { cause: error },
  );
}

function makePrivate(path: string): boolean {
  try {
    // What SQLite puts beside it gets the same rights.
    closeSync(openSync(path, "a", 0o600));
    const wasOpen = hasModes && (statSync(path).mode & OTHERS) !== 0;
    if (wasOpen) chmodSync(path, 0o600);
    return wasOpen;
  } catch (cause) {
    throw fromFileError(cause, "Opening", path);
  }
}

function migrate(connection: Connection, path: string, steps: typeof migrations): void {
  const version = Number(connection.pragma("user_version", { simple: true }));
  if (version > steps.length) {
    throw new AccountFileError(
      `The database ${path} was written by a newer version of this client. Use that one, or move the file away: what is in it and not on the server (drafts, unsent messages) then stays there.`,
    );
  }
  for (const [index, sql] of steps.entries()) {
    if (index < version) continue;
    connection.transaction(() => {
      connection.exec(sql);
      connection.pragma(`user_version = ${index + 1}`);
    })();
  }
}

function check(connection: Connection, path: string): void {
  if (statSync(path).size > CHECKED_BYTES) return;
  const found = connection.pragma("quick_check(1)", { simple: true });
  if (found !== "ok") throw new DamagedContent(String(found));
}
