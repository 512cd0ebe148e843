import { statSync } from "node:fs";
import type { DamagedEntry, Database, ReadDb, WriteOperation } from "./database.ts";
import { faultOf, faultParts } from "./error-parts.ts";
import { randomLogId, readLogId } from "./log-id.ts";
import { migrateSqlite } from "./migrate.ts";
import { sqliteTables } from "./schema/sqlite.ts";
import type { SpaceSettings, SpaceState } from "./space-watch.ts";
import { openConnection, readQueriesOn, type SqliteClient } from "./sqlite-connection.ts";
import { sqliteFault } from "./sqlite-errors.ts";
import { restoreAdvice } from "./storage-error.ts";
import { type StorageLog, silentLog } from "./storage-log.ts";
import { type QueueStats, WriteQueue } from "./write-queue.ts";
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
  /** How much space to keep free; nobody looks unless said. */
  readonly space?: SpaceSettings;
  /** For tests of a full disk: the pages the file may have. */
  readonly maxPageCount?: number;
}

export interface DatabaseStats extends QueueStats {
  /** Times that damaged entries were met by readers. */
  readonly corruptEntries: number;
  /** As it was told last; undefined before there was anything to tell. */
  readonly space: SpaceState | undefined;
  /** Of the write-ahead log on the disk. */
  readonly walBytes: number;
}

export interface SqliteDatabase extends Database {
  stats(): DatabaseStats;
  /** The longest that a transaction took since this was asked for the last time, in seconds. */
  takeSlowestCommit(): number;
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
  let space: SpaceState | undefined;
  const fatal = (fault: FatalFault) => {
    if (broken) return;
    broken = true;
    queue.breakOff();
    const { error, exitCode } = fault;
    logger.error({ err: error, exitCode }, exitCode === 78 ? damaged : "the database failed");
    options.onFatal(fault);
  };
  const setup = {
    file,
    newLogId: randomLogId(),
    space: options.space ?? spaceUnwatched,
    ...(options.maxPageCount && { maxPageCount: options.maxPageCount }),
  };
  const writer = new WriterClient(options.writerThread, setup, {
    settled: (result) => queue.settle(result),
    fatal,
    space: (state) => {
      // That there is enough is news only where there was not.
      if (state.isLow || space?.isLow === true) logSpace(logger, state);
      space = state;
    },
    notEmptied: (reason) => logger.warn({ reason }, "the database was closed without a checkpoint"),
  });
  const queue = new WriteQueue({ post: (request) => writer.post(request), now, log: logger });
  await writer.started();
  try {
    const reader = openConnection({ file, access: "read", onError: readFault(file, fatal) });
    return new WriterBackedDatabase({ reader, queue, writer, log: logger, space: () => space });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

const spaceUnwatched: SpaceSettings = { minFreeBytes: 0, reserveBytes: 0 };

function logSpace(log: StorageLog, { isLow, freeBytes }: SpaceState): void {
  const fields = { bytes: freeBytes };
  if (isLow) log.error(fields, "the disk is nearly full: new messages are refused until it is not");
  else log.info(fields, "there is enough space on the disk");
}

const damaged = `the database is damaged and was left as it is. ${restoreAdvice}`;

/** Damage is as fatal when it is met while reading. */
function readFault(file: string, fatal: (fault: FatalFault) => void): (error: unknown) => void {
  return (error) => {
    if (sqliteFault(error) !== "corrupt") return;
    fatal({ exitCode: 78, error: faultOf(`${file} is damaged`, faultParts(error)) });
  };
}

const damageHint =
  "an entry of a log is damaged: check the disk, run lair-chat-server verify, and restore a backup";

interface Parts {
  readonly reader: SqliteClient;
  readonly queue: WriteQueue;
  readonly writer: WriterClient;
  readonly log: StorageLog;
  readonly space: () => SpaceState | undefined;
}

const reportsKept = 1_000;

class WriterBackedDatabase implements SqliteDatabase {
  readonly tables = sqliteTables;
  readonly read: ReadDb;
  readonly logId: string;
  readonly #parts: Parts;
  #corruptEntries = 0;
  /** Damaged entries that the log knows of: each is said once, however often it is read. */
  readonly #reported = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.read = readQueriesOn(parts.reader);
    this.logId = readLogId(parts.reader);
  }

  write<Args, Result>(operation: WriteOperation<Args, Result>, args: Args): Promise<Result> {
    // The writer runs the operation of this name, so what it gives is this operation's result.
    return this.#parts.queue.write({ name: operation.name, args }) as Promise<Result>;
  }

  onCommit(listener: Parameters<Database["onCommit"]>[0]): void {
    this.#parts.queue.onCommit(listener);
  }

  stats(): DatabaseStats {
    const { reader, queue, space } = this.#parts;
    const wal = statSync(`${reader.name}-wal`, { throwIfNoEntry: false });
    const walBytes = wal?.size ?? 0;
    return {
      ...queue.stats(),
      corruptEntries: this.#corruptEntries,
      space: space(),
      walBytes,
    };
  }

  takeSlowestCommit(): number {
    return this.#parts.queue.takeSlowestCommit();
  }

  readonly foundCorrupt = (entry: DamagedEntry): void => {
    this.#corruptEntries += 1;
    const { conversationId, seq } = entry;
    const place = `${conversationId} ${seq}`;
    if (this.#reported.has(place) || this.#reported.size >= reportsKept) return;
    this.#reported.add(place);
    this.#parts.log.error({ conversationId, seq }, damageHint);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const { reader, queue, writer } = this.#parts;
    await queue.close();
    // The last connection to close removes the WAL, and only the writer may: readers go first.
    reader.close();
    await writer.close();
  }
}
