import type { Database, ReadDb, WriteOperation } from "./database.ts";
import { faultOf, faultParts } from "./error-parts.ts";
import { migrateSqlite } from "./migrate.ts";
import { sqliteTables } from "./schema/sqlite.ts";
import { openConnection, readQueriesOn, type SqliteClient } from "./sqlite-connection.ts";
import { sqliteFault } from "./sqlite-errors.ts";
import { type StorageLog, silentLog } from "./storage-log.ts";
import { type DatabaseStats, WriteQueue } from "./write-queue.ts";
import { type FatalFault, WriterClient } from "./writer-client.ts";

export interface OpenSqliteOptions {
  readonly file: string;
  /** Whether a missing file is made; true unless said. */
  readonly create?: boolean;
  /** The file that calls `runWriter`. */
  readonly writerThread: URL;
  readonly logger?: StorageLog;
  /** Milliseconds since the epoch; the machine's clock unless given. */
  readonly now?: () => number;
  /** Must end the process: whatever was being written is neither stored nor refused. */
  readonly onFatal: (fault: FatalFault) => void;
  /** For tests of a full disk: the pages the file may have. */
  readonly maxPageCount?: number;
}

export interface SqliteDatabase extends Database {
  stats(): DatabaseStats;
}

/**
 * Opens the database in `file`, brought up to date: one thread writes, this one reads.
 * @throws StorageError when the file is not fit; it is never replaced or repaired
 */
export async function openSqlite(options: OpenSqliteOptions): Promise<SqliteDatabase> {
  const { file, create = true, logger = silentLog, now = Date.now } = options;
  const { applied, backup } = migrateSqlite({ file, create, now: now() });
  if (applied.length > 0) logger.info({ file, applied, backup }, "migrated the database");
  let broken = false;
  const fatal = (fault: FatalFault) => {
    if (broken) return;
    broken = true;
    queue.breakOff();
    logger.error({ err: fault.error, exitCode: fault.exitCode }, "the database failed");
    options.onFatal(fault);
  };
  const setup = { file, ...(options.maxPageCount && { maxPageCount: options.maxPageCount }) };
  const writer = new WriterClient(options.writerThread, setup, {
    settled: (result) => queue.settle(result),
    fatal,
    notEmptied: (reason) => logger.warn({ reason }, "the database was closed without a checkpoint"),
  });
  const queue = new WriteQueue({ post: (request) => writer.post(request), now, log: logger });
  await writer.started();
  try {
    const reader = openConnection({ file, access: "read", onError: readFault(file, fatal) });
    return new WriterBackedDatabase({ reader, queue, writer });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Damage is as fatal when it is met while reading. */
function readFault(file: string, fatal: (fault: FatalFault) => void): (error: unknown) => void {
  return (error) => {
    if (sqliteFault(error) !== "corrupt") return;
    fatal({ exitCode: 78, error: faultOf(`${file} is damaged`, faultParts(error)) });
  };
}

interface Parts {
  readonly reader: SqliteClient;
  readonly queue: WriteQueue;
  readonly writer: WriterClient;
}

class WriterBackedDatabase implements SqliteDatabase {
  readonly tables = sqliteTables;
  readonly read: ReadDb;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.read = readQueriesOn(parts.reader);
  }

  write<Args, Result>(operation: WriteOperation<Args, Result>, args: Args): Promise<Result> {
    // The writer runs the operation of this name, so what it gives is this operation's result.
    return this.#parts.queue.write({ name: operation.name, args }) as Promise<Result>;
  }

  onCommit(listener: Parameters<Database["onCommit"]>[0]): void {
    this.#parts.queue.onCommit(listener);
  }

  stats(): DatabaseStats {
    return this.#parts.queue.stats();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { reader, queue, writer } = this.#parts;
    await queue.close();
    // The last connection to close removes the WAL, and only the writer may: readers go first.
    reader.close();
    await writer.close();
  }
}
