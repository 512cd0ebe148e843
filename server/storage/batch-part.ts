import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { WriteDb, WriteOperation, WriteTransaction } from "./database.ts";
import { outcomeOf, refusalParts } from "./error-parts.ts";
import type { LogEntry } from "./log-entry.ts";
import type { TransactionPlaces } from "./log-places.ts";
import type { Tables } from "./schema/tables.ts";
import type { SqliteClient } from "./sqlite-connection.ts";
import { databaseError, type SqliteFault, sqliteFault } from "./sqlite-errors.ts";
import type { WriterMemory } from "./writer-memory.ts";
import type { Outcome, WriteCall } from "./writer-protocol.ts";

/** Operations as the writer finds them: by name, whatever they take and give. */
export type OperationTable = ReadonlyMap<string, WriteOperation<unknown, unknown>>;

export interface BatchDeps {
  readonly client: SqliteClient;
  readonly db: WriteDb;
  readonly tables: Tables;
  readonly operations: OperationTable;
  readonly memory: WriterMemory;
}

/** One call's part of the transaction. */
export interface Part {
  readonly outcome: Outcome;
  readonly entries: readonly LogEntry[];
}

/** What all calls of a transaction share. */
export interface BatchMoment {
  readonly now: number;
  readonly access: Access;
  readonly places: TransactionPlaces;
}

/** Which calls may write. */
export type Access = "all" | "not-growing" | "none";

/** A transaction that was ended by one of these stored nothing. */
export type Refusal = "storage_full" | "busy";

const statements = {
  begin: "BEGIN IMMEDIATE",
  beginReading: "BEGIN",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  savepoint: "SAVEPOINT operation",
  release: "RELEASE operation",
  undo: "ROLLBACK TO operation",
} as const;

/** Runs one call in the transaction; what it can be refused for undoes it alone. @throws what ends the transaction */
export async function partOf(deps: BatchDeps, call: WriteCall, at: BatchMoment): Promise<Part> {
  const { client, memory } = deps;
  const operation = operationOf(deps, call);
  if (operation.keepsMemory !== true) memory.forget();
  const isReadOnly = !mayWrite(operation, at.access);
  const isDivided = operation.changesOnce?.(call.args) !== true;
  const work: Work = { operation, call, at, isReadOnly, isDivided, entries: [] };
  if (isDivided) runStatement(client, "savepoint");
  try {
    const result = await (isReadOnly
      ? withoutWriting(client, () => perform(deps, work))
      : perform(deps, work));
    if (isDivided) runStatement(client, "release");
    at.places.keep();
    return { outcome: { kind: "done", result }, entries: work.entries };
  } catch (error) {
    if (endsBatch(sqliteFault(error)) || !client.inTransaction) throw error;
    undo(deps, work, error);
    const outcome = triedToWrite(error) ? refusedAs("storage_full") : outcomeOf(error);
    return { outcome, entries: [] };
  }
}

/** @throws the error itself where nothing but the end of the transaction undoes what was done */
function undo({ client, memory }: BatchDeps, work: Work, error: unknown): void {
  if (work.isDivided) {
    runStatement(client, "undo");
    runStatement(client, "release");
    // It may have learned what it had changed itself.
    memory.forget();
    // Where there is no savepoint, an operation that fails behind its only change breaks its promise.
  } else if (work.entries.length > 0) throw error;
  // After a fault nothing is taken for granted.
  if (!(error instanceof ChatError)) memory.forget();
  work.at.places.undo();
}

function mayWrite({ grows }: WriteOperation<unknown, unknown>, access: Access): boolean {
  return access === "all" || (access === "not-growing" && grows !== true);
}

async function withoutWriting<T>(client: SqliteClient, work: () => Promise<T>): Promise<T> {
  client.pragma("query_only = ON");
  try {
    return await work();
  } finally {
    client.pragma("query_only = OFF");
  }
}

function triedToWrite(error: unknown): boolean {
  return databaseError(error)?.code.startsWith("SQLITE_READONLY") === true;
}

/** Another number for each change that another connection made to the file. */
export function fileVersion(client: SqliteClient): number {
  return Number(client.prepare("PRAGMA data_version").pluck().get());
}

/** Begins, ends or divides a transaction. */
export function runStatement(client: SqliteClient, name: keyof typeof statements): void {
  client.prepare(statements[name]).run();
}

function operationOf({ operations }: BatchDeps, { name }: WriteCall) {
  return operations.get(name) ?? unknownOperation(name);
}

/** Fails as its call's own mistake. */
function unknownOperation(name: string): WriteOperation<unknown, unknown> {
  const fail = async () => {
    throw new Error(
      `The writer thread knows no operation "${name}": list it in server/write-operations.ts.`,
    );
  };
  return { name, run: fail };
}

/** A call as it is being run. */
interface Work {
  readonly operation: WriteOperation<unknown, unknown>;
  readonly call: WriteCall;
  readonly at: BatchMoment;
  readonly isReadOnly: boolean;
  /** Whether it has a savepoint of its own. */
  readonly isDivided: boolean;
  /** What it appended. */
  readonly entries: LogEntry[];
}

function perform({ db, tables, memory }: BatchDeps, work: Work): Promise<unknown> {
  const { operation, call, at, isReadOnly, entries } = work;
  const transaction: WriteTransaction = {
    db,
    read: db,
    tables,
    now: at.now,
    places: at.places,
    memory: operation.keepsMemory === true ? memory : undefined,
    isReadOnly,
    appended: (entry) => entries.push(entry),
  };
  return operation.run(transaction, call.args);
}

/** Whether a fault ends the whole transaction: space, locks and damage are not one operation's own. */
function endsBatch(fault: SqliteFault): boolean {
  return fault !== "constraint" && fault !== "other";
}

const retrySeconds = 5;

/** What a call is told that was not stored because nothing can be. */
export function refusedAs(code: Refusal): Outcome {
  const error = new ChatError(code, { retryAfter: retrySeconds });
  return { kind: "refused", refusal: refusalParts(error) };
}
