import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { LogEntry } from "./log-entry.ts";
import type { LogPlaces } from "./log-places.ts";
import type { Tables } from "./schema/tables.ts";
import type { WriterMemory } from "./writer-memory.ts";

/** Queries are written once, typed as Postgres and awaited; `open-sqlite` makes SQLite fit. */
type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;
export type ReadDb = Pick<Db, "select" | "selectDistinct" | "$count">;
export type WriteDb = ReadDb & Pick<Db, "insert" | "update" | "delete">;

/**
 * Where a query may run. A `Database` is one and sees what is committed; a `WriteTransaction` is one
 * and sees its own changes too: a query written for a reader serves handlers and operations alike.
 */
export interface Reader {
  readonly read: ReadDb;
  readonly tables: Tables;
  /** In a transaction: the ends of logs that it moved, which are stored when it ends. Ask `headOf`. */
  readonly places?: LogPlaces;
  /** Told of an entry that is damaged; must not throw. */
  readonly foundCorrupt?: (entry: DamagedEntry) => void;
}

/** Where in a log damage was found. */
export interface DamagedEntry {
  readonly conversationId: ConversationId;
  readonly seq: number;
}

/** What a write operation works on: one part of a transaction that others share. */
export interface WriteTransaction extends Reader {
  readonly db: WriteDb;
  /** Milliseconds since the epoch, the same for the whole transaction. */
  readonly now: number;
  readonly places: LogPlaces;
  /** What need not be read again; not there for operations that may make it untrue. See `remembered`. */
  readonly memory?: WriterMemory | undefined;
  /** Only what was done before can be found now: there is no space for more. */
  readonly isReadOnly: boolean;
  /** Says that an entry was appended; told to `onCommit` listeners once it is durable. */
  appended(entry: LogEntry): void;
}

/**
 * Something that changes the database, declared as a value so that the writer may live in another
 * thread: arguments and result must survive structured cloning, and it throws ChatError to refuse,
 * which undoes only itself and not what else is in the transaction.
 */
export interface WriteOperation<Args, Result> {
  readonly name: string;
  readonly run: (transaction: WriteTransaction, args: Args) => Promise<Result>;
  /** Refused as `storage_full` while space is low, unless it finds that it was done before. */
  readonly grows?: true;
  /** It changes nothing that is `remembered`, which otherwise is forgotten for every operation. */
  readonly keepsMemory?: true;
  /**
   * Whether all it changes is one statement after which nothing can fail: then it needs no savepoint,
   * for a statement that fails undoes itself.
   */
  readonly changesOnce?: (args: Args) => boolean;
}

/** What an operation promises of itself, so that it costs less. */
export type Promises<Args> = Pick<WriteOperation<Args, unknown>, "keepsMemory" | "changesOnce">;

export function writeOperation<Args, Result>(
  name: string,
  run: (transaction: WriteTransaction, args: Args) => Promise<Result>,
  promises: Promises<Args> = {},
): WriteOperation<Args, Result> {
  return { ...promises, name, run };
}

/** The same for what adds to the database what nobody needs to make room in it. */
export function growingOperation<Args, Result>(
  name: string,
  run: (transaction: WriteTransaction, args: Args) => Promise<Result>,
  promises: Promises<Args> = {},
): WriteOperation<Args, Result> {
  return { ...promises, name, run, grows: true };
}

export type CommitListener = (entries: readonly LogEntry[]) => void;

export interface Database extends Reader {
  /** 128 random bits, hex: says which history this is. Another one after a restore. */
  readonly logId: string;
  /**
   * Resolves once the change is on disk (fsync), before anybody is told.
   * Operations run in the order of these calls.
   * @throws ChatError the operation's own refusal, or `storage_full`, `busy`, `shutting_down`:
   * nothing was stored. Any other error is a fault of the operation, which stored nothing either.
   * A fault whose outcome is unknown settles nothing: the process ends (see `onFatal`).
   */
  write<Args, Result>(operation: WriteOperation<Args, Result>, args: Args): Promise<Result>;
  /** Called with the entries of each transaction in the order of their commits, before `write` resolves. */
  onCommit(listener: CommitListener): void;
  /** Finishes what was accepted, checkpoints, closes. */
  [Symbol.asyncDispose](): Promise<void>;
}
