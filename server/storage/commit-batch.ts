import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { WriteDb, WriteOperation, WriteTransaction } from "./database.ts";
import { faultParts, outcomeOf, refusalParts } from "./error-parts.ts";
import type { LogEntry } from "./log-entry.ts";
import type { Tables } from "./schema/tables.ts";
import type { SqliteClient } from "./sqlite-connection.ts";
import { type SqliteFault, sqliteFault } from "./sqlite-errors.ts";
import type { BatchResult, Outcome, WriteCall } from "./writer-protocol.ts";

/** Operations as the writer finds them: by name, whatever they take and give. */
export type OperationTable = ReadonlyMap<string, WriteOperation<unknown, unknown>>;

export interface BatchDeps {
  readonly client: SqliteClient;
  readonly db: WriteDb;
  readonly tables: Tables;
  readonly operations: OperationTable;
}

/** Calls that share one transaction, and with it one fsync. */
export type CommitBatch = (calls: readonly WriteCall[], now: number) => Promise<BatchResult>;

/** One call's part of the transaction. */
interface Part {
  readonly outcome: Outcome;
  readonly entries: readonly LogEntry[];
}

const statements = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  savepoint: "SAVEPOINT operation",
  release: "RELEASE operation",
  undo: "ROLLBACK TO operation",
} as const;

export function createCommitBatch(deps: BatchDeps): CommitBatch {
  const { client } = deps;
  const run = (name: keyof typeof statements) => client.prepare(statements[name]).run();

  async function partOf(call: WriteCall, now: number): Promise<Part> {
    run("savepoint");
    try {
      const part = await perform(deps, call, now);
      run("release");
      return part;
    } catch (error) {
      if (endsBatch(sqliteFault(error)) || !client.inTransaction) throw error;
      run("undo");
      run("release");
      return { outcome: outcomeOf(error), entries: [] };
    }
  }

  return async (calls, now) => {
    const parts: Part[] = [];
    try {
      run("begin");
      for (const call of calls) parts.push(await partOf(call, now));
    } catch (error) {
      return abandoned(client, calls, error);
    }
    try {
      run("commit");
    } catch (error) {
      return abandoned(client, calls, error);
    }
    return {
      kind: "settled",
      outcomes: parts.map((part) => part.outcome),
      entries: parts.flatMap((part) => part.entries),
      committed: true,
    };
  };
}

async function perform(deps: BatchDeps, call: WriteCall, now: number): Promise<Part> {
  const operation = deps.operations.get(call.name);
  if (operation === undefined) {
    throw new Error(
      `The writer thread knows no operation "${call.name}": list it in server/write-operations.ts.`,
    );
  }
  const entries: LogEntry[] = [];
  const transaction: WriteTransaction = {
    db: deps.db,
    read: deps.db,
    tables: deps.tables,
    now,
    appended: (entry) => entries.push(entry),
  };
  const result = await operation.run(transaction, call.args);
  return { outcome: { kind: "done", result }, entries };
}

/** Whether a fault ends the whole transaction: space, locks and damage are not one operation's own. */
function endsBatch(fault: SqliteFault): boolean {
  return fault !== "constraint" && fault !== "other";
}

/** What all calls are told when the transaction as a whole failed. */
function abandoned(client: SqliteClient, calls: readonly WriteCall[], error: unknown): BatchResult {
  const refusal = refusals[sqliteFault(error)];
  if (refusal === undefined || !rolledBack(client)) return fatal(error);
  const outcome: Outcome = {
    kind: "refused",
    refusal: refusalParts(new ChatError(refusal, { retryAfter: retrySeconds })),
  };
  return { kind: "settled", outcomes: calls.map(() => outcome), entries: [], committed: false };
}

const retrySeconds = 5;

/** The faults after which it is certain that nothing was stored. */
const refusals: Partial<Record<SqliteFault, "storage_full" | "busy">> = {
  full: "storage_full",
  busy: "busy",
};

/** SQLite ends the transaction by itself on some errors; otherwise it is for us. */
function rolledBack(client: SqliteClient): boolean {
  try {
    if (client.inTransaction) client.prepare(statements.rollback).run();
    return !client.inTransaction;
  } catch {
    // The caller reports the error that led here, which is the one that explains this one.
    return false;
  }
}

function fatal(error: unknown): BatchResult {
  const exitCode = sqliteFault(error) === "corrupt" ? 78 : 70;
  return { kind: "fatal", exitCode, fault: faultParts(error) };
}
