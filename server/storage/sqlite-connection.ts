import Sqlite from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { ReadDb, WriteDb } from "./database.ts";
import { StorageError } from "./storage-error.ts";

export type SqliteClient = Sqlite.Database;

export interface ConnectionOptions {
  readonly file: string;
  readonly access: "read" | "write";
  /** Told every error of every statement; must not throw. */
  readonly onError?: (error: unknown) => void;
}

interface Pragma {
  readonly name: string;
  readonly value: string | number;
  /** What reading it gives, where that is not `value`. */
  readonly reads?: string | number;
}

/** Statements kept ready. Queries are written in the code, so there are not many more than this. */
const statementsKept = 500;
/** Up to here the WAL file is kept between checkpoints; after a large write it shrinks again. */
const walBytesKept = 64 * 1024 * 1024;
const busyMs = 5000;

const pragmas: readonly Pragma[] = [
  { name: "journal_mode", value: "WAL", reads: "wal" },
  // The driver's SQLite lowers it to NORMAL for WAL files unless told, and loses what was acknowledged.
  { name: "synchronous", value: "FULL", reads: 2 },
  { name: "foreign_keys", value: "ON", reads: 1 },
  { name: "busy_timeout", value: busyMs },
  { name: "trusted_schema", value: "OFF", reads: 0 },
  { name: "secure_delete", value: "ON", reads: 1 },
  { name: "mmap_size", value: 0 },
  // What is sorted on the way must not reach the disk.
  { name: "temp_store", value: "MEMORY", reads: 2 },
  { name: "journal_size_limit", value: walBytesKept },
];

/** Below this SQLite can damage a WAL file that is reset while it is being written. */
const oldestSqlite = [3, 51, 3] as const;

/**
 * Opens a connection of which every setting that durability rests on has been read back.
 * @throws StorageError where one did not take
 */
export function openConnection(options: ConnectionOptions): SqliteClient {
  const client = new Sqlite(options.file, {
    readonly: options.access === "read",
    fileMustExist: true,
    timeout: busyMs,
  });
  try {
    checkVersion(client);
    for (const pragma of pragmas) applyPragma(client, pragma);
    keepStatements(client, options.onError);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The query builder over a connection; shared code is typed as Postgres and awaits. */
export function queriesOn(client: SqliteClient): WriteDb {
  return drizzle({ client }) as unknown as WriteDb;
}

/** The same, where the connection only reads. */
export function readQueriesOn(client: SqliteClient): ReadDb {
  return queriesOn(client);
}

function checkVersion(client: SqliteClient): void {
  const version = String(client.prepare("select sqlite_version()").pluck().get());
  if (isOlder(version.split(".").map(Number), oldestSqlite)) {
    throw new StorageError(
      `SQLite ${version} is too old: ${oldestSqlite.join(".")} or newer is needed.`,
    );
  }
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  const at = than.findIndex((part, index) => version[index] !== part);
  return at !== -1 && (version[at] ?? 0) < (than[at] ?? 0);
}

function applyPragma(client: SqliteClient, { name, value, reads = value }: Pragma): void {
  client.pragma(`${name} = ${value}`);
  const found = client.pragma(name, { simple: true });
  if (found !== reads) {
    throw new StorageError(
      `${client.name}: SQLite did not accept ${name} = ${value} (it says ${found}). ` +
        "Without it messages could be lost, so the server does not start.",
    );
  }
}

/** The query builder prepares anew whenever it runs, which costs more than the query itself. */
function keepStatements(client: SqliteClient, onError: ConnectionOptions["onError"]): void {
  const kept = new Map<string, Sqlite.Statement>();
  const prepare = client.prepare.bind(client);
  const preparedOnce = (source: string): Sqlite.Statement => {
    const known = kept.get(source);
    if (known !== undefined) return known;
    if (kept.size >= statementsKept) kept.clear();
    const made = onError === undefined ? prepare(source) : watched(prepare(source), onError);
    kept.set(source, made);
    return made;
  };
  client.prepare = preparedOnce as typeof client.prepare;
}

/** Shows every error of a statement to `onError` before its caller sees it. */
function watched(statement: Sqlite.Statement, onError: (error: unknown) => void): Sqlite.Statement {
  for (const method of ["run", "get", "all"] as const) {
    const original = statement[method].bind(statement) as (...values: unknown[]) => unknown;
    const calling = (...values: unknown[]) => {
      try {
        return original(...values);
      } catch (error) {
        onError(error);
        throw error;
      }
    };
    Object.assign(statement, { [method]: calling });
  }
  return statement;
}
