import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { WriteDb, WriteOperation, WriteTransaction } from "./database.ts";
import { outcomeOf, refusalParts } from "./error-parts.ts";
import type { LogEntry } from "./log-entry.ts";
import type { TransactionPlaces } from "./log-places.ts";
import type { Tables } from "./schema/tables.ts";
import type { SqliteClient } from "./sqlite-connection.ts";
import { databaseError, type SqliteFault, sqliteFault } from "./sqlite-errors.ts";
import type { Outcome, WriteCall } from "./writer-protocol.ts";

/** Operations as the writer finds them: by name, whatever they take and give. */
export type OperationTable = ReadonlyMap<string, WriteOperation<unknown, unknown>>;

export interface BatchDeps {
  readonly client: SqliteClient;
  readonly db: WriteDb;
  readonly tables: Tables;
  readonly operations: OperationTable;
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
  const { client } = deps;
  const operation = operationOf(deps, call);
  const mayWrite = at.access === "all" || (at.access === "not-growing" && operation.grows !== true);
  runStatement(client, "savepoint");
  try {
    const part = mayWrite
      ? await perform(deps, operation, { call, at })
      : await withoutWriting(client, () => perform(deps, operation, { call, at }));
    runStatement(client, "release");
    at.places.keep();
    return part;
  } catch (error) {
    if (endsBatch(sqliteFault(error)) || !client.inTransaction) throw error;
    runStatement(client, "undo");
    runStatement(client, "release");
    at.places.undo();
    return {
      outcome: triedToWrite(error) ? refusedAs("storage_full") : outcomeOf(error),
      entries: [],
    };
  }
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

async function perform(
  deps: BatchDeps,
  operation: WriteOperation<unknown, unknown>,
  { call, at }: { readonly call: WriteCall; readonly at: BatchMoment },
): Promise<Part> {
  const entries: LogEntry[] = [];
  const transaction: WriteTransaction = {
    db: deps.db,
    read: deps.db,
    tables: deps.tables,
    now: at.now,
    places: at.places,
    appended: (entry) => entries.push(entry),
  };
  const result = await operation.run(transaction, call.args);
  return { outcome: { kind: "done", result }, entries };
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
