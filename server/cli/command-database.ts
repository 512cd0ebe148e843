import type { Config } from "../config/config.ts";
import type { Database, Reader } from "../storage/database.ts";
import { takeInstanceLock } from "../storage/instance-lock.ts";
import { openSqlite } from "../storage/open-sqlite.ts";
import { sqliteTables } from "../storage/schema/sqlite.ts";
import { openConnection, readQueriesOn } from "../storage/sqlite-connection.ts";
import { StorageError } from "../storage/storage-error.ts";
import { silentLog } from "../storage/storage-log.ts";
import { writerThreadFile } from "../writer-thread-file.ts";

/**
 * Lends the database to a command that changes it, once no other process has it.
 * @throws DatabaseInUse while the server runs
 */
export async function withDatabase<T>(
  { database }: Pick<Config, "database">,
  purpose: string,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  using _lock = takeInstanceLock(database.file, purpose);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  await using db = await openSqlite({
    file: database.file,
    create: database.create,
    writerThread: writerThreadFile,
    logger: silentLog,
    onFatal: ({ error }) => reject(new StorageError(error.message, { cause: error })),
  });
  return await Promise.race([work(db), broken]);
}

/** Lends the database to a command that only looks; the server may be running. */
export async function withReader<T>(
  { database }: Pick<Config, "database">,
  work: (reader: Reader) => Promise<T>,
): Promise<T> {
  const client = openToRead(database.file);
  try {
    return await work({ read: readQueriesOn(client), tables: sqliteTables });
  } finally {
    client.close();
  }
}

function openToRead(file: string) {
  try {
    return openConnection({ file, access: "read" });
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    throw new StorageError(`${file} cannot be opened: ${String(cause)}`, { cause });
  }
}
